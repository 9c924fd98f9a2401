import { sql } from 'drizzle-orm';
import { listOwned, ownedInWords } from '@thecloud/service-kit';
import type { OwnedKind, PgWorkSource, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { closedProject } from './closed-project.schema';

/** Has identity remove a project. Doing it again is no error. */
export type RemoveProject = (id: string, requestedBy: string, signal?: AbortSignal) => Promise<unknown>;

/**
 * Closes a project that owns nothing here; from the commit on, nothing can be made in it. A transaction of the system.
 * Every write in a project holds its lock shared (compute.enter_project), and this holds it alone: what was being
 * written is committed and listed, and what comes later is refused. Closing twice is closing once.
 * FAILED_PRECONDITION PROJECT_NOT_EMPTY.
 */
export async function closeProject(
  d: { readonly work: Pick<PgWorkSource, 'enqueue'>; readonly kinds: readonly OwnedKind[] },
  tx: Tx,
  projectId: string,
  requestedBy: string,
): Promise<void> {
  await tx.execute(sql`select compute.lock_project(${projectId})`);
  const owned = await listOwned(tx, d.kinds, projectId);
  if (owned.length > 0) throw errors.PROJECT_NOT_EMPTY({ owned: ownedInWords(owned) });
  await tx.insert(closedProject).values({ projectId, requestedBy }).onConflictDoNothing();
  await d.work.enqueue(tx, 'project', projectId);
}
