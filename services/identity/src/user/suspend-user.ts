import { eq } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { sessions, users } from '../schema';
import { lockUser } from './find-users';
import { handOver, keepAdministrator, lockToLeave } from './keep-governed';
import type { User } from './register-user';
import { announceUser } from './user.events';

/**
 * Ends the sessions; while it lasts, nobody can sign in and the user's API keys are refused. Doing it again is no error.
 * It is urgent and can be undone, so projects may be left without an active owner; with `handOverTo` they are not.
 */
export async function disableUser(tx: Tx, id: string, by: string, handOverTo: string): Promise<User> {
  const leaving = await lockToLeave(tx, id);
  const { user } = leaving;
  if (!user.disabledAt) keepAdministrator(leaving);
  if (handOverTo) await handOver(tx, user, handOverTo);
  if (user.disabledAt) return user;
  const changed = { ...user, disabledAt: new Date() };
  await tx.update(users).set({ disabledAt: changed.disabledAt }).where(eq(users.id, id));
  await tx.delete(sessions).where(eq(sessions.userId, id));
  announceUser(tx, 'disabled', user, by);
  return changed;
}

export async function enableUser(tx: Tx, id: string, by: string): Promise<User> {
  const user = await lockUser(tx, id);
  if (!user.disabledAt) return user;
  await tx.update(users).set({ disabledAt: null }).where(eq(users.id, id));
  announceUser(tx, 'enabled', user, by);
  return { ...user, disabledAt: null };
}
