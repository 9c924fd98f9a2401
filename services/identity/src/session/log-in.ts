import { and, eq, isNull } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { Database } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sessions, users } from '../schema';
import { newCredential } from '../token/credential';
import { active } from '../user/user.schema';
import type { Passwords } from '../user/passwords';
import type { User } from '../user/register-user';
import { announceUser } from '../user/user.events';
import { forgetAttempts, giveAttemptBack, takeAttempt } from './attempts';

const LIFE_MS = 30 * 24 * 3_600_000;
const MOST_BY_ACCOUNT = 10;
const MOST_BY_ADDRESS = 50;

export interface Login {
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly address: string;
  /** Replaces a one-time password; empty: none. */
  readonly newPassword: string;
}

export interface NewSession {
  readonly id: string;
  readonly token: string;
  readonly user: User;
  readonly expiresAt: Date;
}

/**
 * UNAUTHENTICATED LOGIN_FAILED, the same and after the same work whether or not there is such an account.
 * PERMISSION_DENIED USER_DISABLED, FAILED_PRECONDITION PASSWORD_CHANGE_REQUIRED and the like: only with the right password.
 * RESOURCE_EXHAUSTED LOGIN_LIMITED: too many failures of this account or from this address.
 */
export async function logIn(db: Database, passwords: Passwords, login: Login): Promise<NewSession> {
  const account = `account:${login.email}`;
  const address = `address:${login.address}`;
  const refusal = errors.LOGIN_LIMITED;
  await db.write('system', async (tx) => {
    await takeAttempt(tx, { key: account, most: MOST_BY_ACCOUNT, refusal });
    await takeAttempt(tx, { key: address, most: MOST_BY_ADDRESS, refusal });
  });
  const [user] = await db.read('system', (tx) =>
    tx
      .select()
      .from(users)
      .where(and(eq(users.email, login.email), isNull(users.deletedAt))),
  );
  const known = await passwords.matches(user?.passwordHash, login.password);
  if (!known || !user) throw errors.LOGIN_FAILED({});
  refuseKnown(user, login);
  const changed = login.newPassword
    ? { passwordHash: await passwords.hash(login.newPassword), oneTimeUntil: null }
    : undefined;

  const { secret, hash } = newCredential('session');
  const session = { id: newId('session'), userId: user.id, expiresAt: new Date(Date.now() + LIFE_MS) };
  await db.write('system', async (tx) => {
    // As it was when its password was checked: what disables it or resets the password meanwhile finds this session.
    const [same] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash), active))
      .for('update');
    if (!same) throw errors.LOGIN_FAILED({});
    if (changed) {
      await tx.update(users).set(changed).where(eq(users.id, user.id));
      announceUser(tx, 'password-changed', user, user.id);
    }
    await tx.insert(sessions).values({ ...session, tokenHash: hash });
    await forgetAttempts(tx, account);
    await giveAttemptBack(tx, address);
  });
  return { id: session.id, token: secret, user: { ...user, ...changed }, expiresAt: session.expiresAt };
}

/** What only those learn who know the password. */
function refuseKnown(user: User, { password, newPassword }: Login): void {
  if (user.disabledAt) throw errors.USER_DISABLED({});
  if (!user.oneTimeUntil) {
    if (newPassword) throw errors.PASSWORD_CHANGE_NOT_DUE({});
    return;
  }
  if (user.oneTimeUntil.getTime() <= Date.now()) throw errors.ONE_TIME_PASSWORD_EXPIRED({});
  if (!newPassword) throw errors.PASSWORD_CHANGE_REQUIRED({});
  if (newPassword === password) throw errors.PASSWORD_UNCHANGED({});
}
