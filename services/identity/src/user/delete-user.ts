import { eq, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { revokeApiKeys } from '../api-key/revoke-api-key';
import { announceMember } from '../member/member.events';
import { apiKeys, members, sessions, users } from '../schema';
import { handOver, keepAdministrator, lockToLeave } from './keep-governed';
import type { User } from './register-user';
import { announceUser } from './user.events';

/**
 * For good. The row stays, because projects and keys refer to its id, without anything personal in it; the e-mail
 * address is free again.
 */
export async function deleteUser(tx: Tx, id: string, by: string, handOverTo: string): Promise<User> {
  const leaving = await lockToLeave(tx, id);
  const { user } = leaving;
  keepAdministrator(leaving);
  await handOver(tx, user, handOverTo);
  await tx.delete(sessions).where(eq(sessions.userId, id));
  await revokeApiKeys(tx, eq(apiKeys.userId, id));
  for (const member of await tx.delete(members).where(eq(members.userId, id)).returning())
    announceMember(tx, 'removed', member);
  await tx
    .update(users)
    .set({ deletedAt: sql`now()`, email: '', name: '', passwordHash: '', platformAdmin: false })
    .where(eq(users.id, id));
  announceUser(tx, 'deleted', user, by);
  return user;
}
