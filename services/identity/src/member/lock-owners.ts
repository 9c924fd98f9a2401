import { and, asc, eq, inArray } from 'drizzle-orm';
import type { SQLWrapper } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { members } from '../schema';

/**
 * Locks the owners of these projects (ids, or a query of them) until the transaction ends. Before any other row of the
 * project, and in one order everywhere, so that transactions do not wait for each other in a ring.
 */
export async function lockOwners(tx: Tx, projectIds: string[] | SQLWrapper): Promise<void> {
  await tx
    .select({ id: members.userId })
    .from(members)
    .where(and(inArray(members.projectId, projectIds), eq(members.role, 'owner')))
    .orderBy(asc(members.projectId), asc(members.userId))
    .for('update');
}
