import { kitTables } from '@thecloud/service-kit';
import { identity } from './postgres-schema';

/** All tables of identity, for drizzle-kit; migrations/ is generated from here. */
export { identity } from './postgres-schema';
export { users } from './user/user.schema';
export { sessions } from './session/session.schema';
export { loginAttempts } from './session/login-attempt.schema';
export { projects } from './project/project.schema';
export type { Project } from './project/project.schema';
export { members } from './member/member.schema';
export { revokedPeers } from './certificate/revoked-peer.schema';
export { apiKeys } from './api-key/api-key.schema';

export const kit = kitTables(identity);
export const { outbox, inbox, failedEvent, work, leader, idempotency, operation } = kit;
