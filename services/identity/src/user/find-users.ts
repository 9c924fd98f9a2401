import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Page, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { users } from '../schema';
import { normalEmail } from './email';
import type { User } from './register-user';

export interface UserFilter {
  readonly email: string;
  readonly name: string;
  readonly namePrefix: string;
  readonly state: string;
  readonly platformAdmin?: boolean | undefined;
}

/** Accounts that are not deleted, newest first; one more than the page has. */
export function findUsers(tx: Tx, filter: UserFilter, page: Page): Promise<User[]> {
  const { email, name, namePrefix, state, platformAdmin } = filter;
  return tx
    .select()
    .from(users)
    .where(
      and(
        isNull(users.deletedAt),
        page.after ? lt(users.id, page.after) : undefined,
        email ? eq(users.email, normalEmail(email)) : undefined,
        name ? eq(users.name, name) : undefined,
        namePrefix ? sql`starts_with(${users.name}, ${namePrefix})` : undefined,
        state === 'active' ? isNull(users.disabledAt) : undefined,
        state === 'disabled' ? isNotNull(users.disabledAt) : undefined,
        platformAdmin === undefined ? undefined : eq(users.platformAdmin, platformAdmin),
      ),
    )
    .orderBy(desc(users.id))
    .limit(page.size + 1);
}

/** NOT_FOUND USER_UNKNOWN. */
export async function findUser(tx: Tx, id: string): Promise<User> {
  const [user] = await tx.select().from(users).where(live(id));
  if (!user) throw errors.USER_UNKNOWN({ id });
  return user;
}

/** The same for a change: holds the row until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<User> {
  const [user] = await tx.select().from(users).where(live(id)).for('update');
  if (!user) throw errors.USER_UNKNOWN({ id });
  return user;
}

const live = (id: string) => and(eq(users.id, id), isNull(users.deletedAt));
