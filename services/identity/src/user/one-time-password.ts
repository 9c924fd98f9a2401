import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { sessions, users } from '../schema';
import { lockUser } from './find-users';
import type { User } from './register-user';
import { announceUser } from './user.events';

const LIFE_MS = 24 * 3_600_000;
/** 120 bits, in 20 characters. */
const BYTES = 15;

/** A password that an administrator hands to a user: for one sign-in, which has to bring a new one. */
export interface OneTime {
  readonly password: string;
  readonly expiresAt: Date;
}

export const newOneTime = (): OneTime => ({
  password: randomBytes(BYTES).toString('base64url'),
  expiresAt: new Date(Date.now() + LIFE_MS),
});

/** Replaces the password and ends all sessions. API keys work on: programs use them. */
export async function resetPassword(
  tx: Tx,
  id: string,
  by: string,
  { passwordHash, expiresAt }: { passwordHash: string; expiresAt: Date },
): Promise<User> {
  const user = await lockUser(tx, id);
  const change = { passwordHash, oneTimeUntil: expiresAt };
  await tx.update(users).set(change).where(eq(users.id, id));
  await tx.delete(sessions).where(eq(sessions.userId, id));
  announceUser(tx, 'password-reset', user, by);
  return { ...user, ...change };
}
