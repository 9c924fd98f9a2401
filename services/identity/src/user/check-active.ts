import { eq } from 'drizzle-orm';
import { commonErrors } from '@thecloud/kernel';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { users } from '../schema';

/**
 * For a transaction that has inserted a membership of the user: its foreign key has waited for a change of the user that
 * was under way, and holds off later ones. A token outlives its user by up to a minute.
 * UNAUTHENTICATED when deleted; PERMISSION_DENIED USER_DISABLED.
 */
export async function checkActive(tx: Tx, id: string): Promise<void> {
  const [user] = await tx
    .select({ deletedAt: users.deletedAt, disabledAt: users.disabledAt })
    .from(users)
    .where(eq(users.id, id));
  if (!user || user.deletedAt) throw commonErrors.UNAUTHENTICATED({});
  if (user.disabledAt) throw errors.USER_DISABLED({});
}
