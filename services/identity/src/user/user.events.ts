import { emit } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import { kit } from '../schema';

type What =
  | 'created'
  | 'disabled'
  | 'enabled'
  | 'deleted'
  | 'administrator-granted'
  | 'administrator-revoked'
  | 'password-changed'
  | 'password-reset';

/** For the audit of administrators: what happened to an account, and who did it (a user's or an API key's id). */
export function announceUser(tx: Tx, what: What, user: { id: string; email: string }, by: string): void {
  emit(tx, kit, 'identity', {
    type: `thecloud.user.${what}`,
    subject: user.id,
    projectId: '',
    data: { id: user.id, email: user.email, by },
  });
}
