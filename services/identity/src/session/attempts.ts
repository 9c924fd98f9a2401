import { eq, sql } from 'drizzle-orm';
import type { CloudError } from '@thecloud/kernel';
import type { Tx } from '@thecloud/service-kit';
import { loginAttempts } from '../schema';

const WINDOW = sql`now() + interval '15 minutes'`;
const over = sql`${loginAttempts.windowEndsAt} < now()`;

export interface Limit {
  /** Whom to count against: "account:…", "address:…". */
  readonly key: string;
  /** Attempts within 15 minutes. */
  readonly most: number;
  readonly refusal: (m: { minutes: string }) => CloudError;
}

/**
 * Counts an attempt before it is made, so that parallel ones cannot slip through. Counted in Postgres, by its clock:
 * replicas share the count. Throws the refusal, with the seconds to wait, when there were too many.
 */
export async function takeAttempt(tx: Tx, { key, most, refusal }: Limit): Promise<void> {
  const [row] = await tx
    .insert(loginAttempts)
    .values({ key, count: 1, windowEndsAt: WINDOW })
    .onConflictDoUpdate({
      target: loginAttempts.key,
      set: {
        count: sql`case when ${over} then 1 else ${loginAttempts.count} + 1 end`,
        windowEndsAt: sql`case when ${over} then ${WINDOW} else ${loginAttempts.windowEndsAt} end`,
      },
    })
    .returning({
      count: loginAttempts.count,
      seconds: sql<number>`ceil(extract(epoch from ${loginAttempts.windowEndsAt} - now()))::int`,
    });
  if (!row || row.count <= most) return;
  throw refusal({ minutes: String(Math.ceil(row.seconds / 60)) }).with({ retryAfterSeconds: row.seconds });
}

/** Takes back what a successful attempt counted. */
export async function giveAttemptBack(tx: Tx, key: string): Promise<void> {
  await tx
    .update(loginAttempts)
    .set({ count: sql`greatest(${loginAttempts.count} - 1, 0)` })
    .where(eq(loginAttempts.key, key));
}

/** Forgets all attempts of a key. */
export async function forgetAttempts(tx: Tx, key: string): Promise<void> {
  await tx.delete(loginAttempts).where(eq(loginAttempts.key, key));
}
