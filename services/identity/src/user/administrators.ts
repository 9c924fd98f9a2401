import { eq } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { users } from '../schema';
import { lockUser } from './find-users';
import { keepAdministrator, lockToLeave } from './keep-governed';
import type { User } from './register-user';
import { announceUser } from './user.events';

/** Sessions and API keys have the right from their next exchange on. Doing it again is no error. NOT_FOUND USER_UNKNOWN. */
export async function grantAdministrator(tx: Tx, id: string, by: string): Promise<User> {
  const user = await lockUser(tx, id);
  if (user.platformAdmin) return user;
  await tx.update(users).set({ platformAdmin: true }).where(eq(users.id, id));
  announceUser(tx, 'administrator-granted', user, by);
  return { ...user, platformAdmin: true };
}

/** Doing it again is no error. NOT_FOUND USER_UNKNOWN; FAILED_PRECONDITION LAST_ADMINISTRATOR. */
export async function revokeAdministrator(tx: Tx, id: string, by: string): Promise<User> {
  const leaving = await lockToLeave(tx, id);
  const { user } = leaving;
  if (!user.platformAdmin) return user;
  keepAdministrator(leaving);
  await tx.update(users).set({ platformAdmin: false }).where(eq(users.id, id));
  announceUser(tx, 'administrator-revoked', user, by);
  return { ...user, platformAdmin: false };
}
