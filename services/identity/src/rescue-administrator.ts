import { and, asc, eq } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { users } from './schema';
import { type DatabaseAccess, withDatabase } from './database-access';
import { forgetAttempts } from './session/attempts';
import { normalEmail } from './user/email';
import { newOneTime, type OneTime, resetPassword } from './user/one-time-password';
import { Passwords } from './user/passwords';
import { active } from './user/user.schema';

/** Who did it, in the event: the operator of the machine, who has no account. */
const OPERATOR = 'operator';
const MOST_NAMED = 20;

/** `administrators`: nobody of them has that address; these are the addresses to choose from. */
export type Rescue = OneTime | { readonly administrators: readonly string[] };

/**
 * Gives an administrator who cannot sign in a one-time password, as another administrator would. Ends the sessions of
 * the account and forgets its failed sign-ins; its API keys stay.
 */
export function rescueAdministrator(access: DatabaseAccess, email: string): Promise<Rescue> {
  return withDatabase('identity-rescue', access, async (db) => {
    const oneTime = newOneTime();
    const passwordHash = await new Passwords().hash(oneTime.password);
    return db.write('system', async (tx) => {
      const administrators = await activeAdministrators(tx);
      const user = administrators.find((one) => one.email === normalEmail(email));
      if (!user) return { administrators: administrators.slice(0, MOST_NAMED).map((one) => one.email) };
      await resetPassword(tx, user.id, OPERATOR, { passwordHash, expiresAt: oneTime.expiresAt });
      await forgetAttempts(tx, `account:${user.email}`);
      return oneTime;
    });
  });
}

const activeAdministrators = (tx: Tx): Promise<Array<{ id: string; email: string }>> =>
  tx
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(and(eq(users.platformAdmin, true), active))
    .orderBy(asc(users.id));
