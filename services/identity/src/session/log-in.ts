import { eq } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { Database } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sessions, users } from '../schema';
import { newCredential } from '../token/credential';
import type { Passwords } from '../user/passwords';
import type { User } from '../user/register-user';
import { forgetAttempts, giveAttemptBack, takeAttempt } from './attempts';

const LIFE_MS = 30 * 24 * 3_600_000;
const MOST_BY_ACCOUNT = 10;
const MOST_BY_ADDRESS = 50;

export interface Login {
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

export interface NewSession {
  readonly id: string;
  readonly token: string;
  readonly user: User;
  readonly expiresAt: Date;
}

/**
 * UNAUTHENTICATED LOGIN_FAILED, the same and after the same work whether or not there is such an account.
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
  const [user] = await db.read('system', (tx) => tx.select().from(users).where(eq(users.email, login.email)));
  const known = await passwords.matches(user?.passwordHash, login.password);
  if (!known || !user) throw errors.LOGIN_FAILED({});

  const { secret, hash } = newCredential('session');
  const session = { id: newId('session'), userId: user.id, expiresAt: new Date(Date.now() + LIFE_MS) };
  await db.write('system', async (tx) => {
    await tx.insert(sessions).values({ ...session, tokenHash: hash });
    await forgetAttempts(tx, account);
    await giveAttemptBack(tx, address);
  });
  return { id: session.id, token: secret, user, expiresAt: session.expiresAt };
}
