import { and, eq, ne } from 'drizzle-orm';
import type { Database } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sessions, users } from '../schema';
import { forgetAttempts, takeAttempt } from '../session/attempts';
import { findUser } from './find-users';
import type { Passwords } from './passwords';
import { announceUser } from './user.events';

const MOST_ATTEMPTS = 10;

export interface PasswordChange {
  readonly userId: string;
  /** The only one that stays. */
  readonly sessionId: string;
  readonly oldPassword: string;
  readonly newPassword: string;
}

/**
 * INVALID_ARGUMENT PASSWORD_WRONG, PASSWORD_UNCHANGED; RESOURCE_EXHAUSTED LOGIN_LIMITED: a stolen session must not
 * serve to guess the password.
 */
export async function changePassword(
  db: Database,
  passwords: Passwords,
  change: PasswordChange,
): Promise<void> {
  const { userId: id, sessionId, oldPassword, newPassword } = change;
  const key = `password:${id}`;
  await db.write('system', (tx) =>
    takeAttempt(tx, { key, most: MOST_ATTEMPTS, refusal: errors.LOGIN_LIMITED }),
  );
  const user = await db.read('system', (tx) => findUser(tx, id));
  if (!(await passwords.matches(user.passwordHash, oldPassword))) throw errors.PASSWORD_WRONG({});
  if (oldPassword === newPassword) throw errors.PASSWORD_UNCHANGED({});
  const passwordHash = await passwords.hash(newPassword);
  await db.write('system', async (tx) => {
    const [changed] = await tx
      .update(users)
      .set({ passwordHash, oneTimeUntil: null })
      .where(and(eq(users.id, id), eq(users.passwordHash, user.passwordHash)))
      .returning({ id: users.id });
    if (!changed) throw errors.PASSWORD_WRONG({}); // somebody changed it meanwhile
    await tx.delete(sessions).where(and(eq(sessions.userId, id), ne(sessions.id, sessionId)));
    await forgetAttempts(tx, key);
    announceUser(tx, 'password-changed', user, id);
  });
}
