import { sql } from 'drizzle-orm';
import type { PgWorkSource, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { closedProject } from './closed-project.schema';
import { listOwned, MOST_LISTED } from './list-owned';
import type { Owned } from './list-owned';

/** Has identity remove a project. Doing it again is no error. */
export type RemoveProject = (id: string, requestedBy: string, signal?: AbortSignal) => Promise<unknown>;

/**
 * Closes a project that owns nothing here; from the commit on, nothing can be made in it. A transaction of the system.
 * Every write in a project holds its lock shared (compute.enter_project), and this holds it alone: what was being
 * written is committed and listed, and what comes later is refused. Closing twice is closing once.
 * FAILED_PRECONDITION PROJECT_NOT_EMPTY.
 */
export async function closeProject(
  d: { readonly work: Pick<PgWorkSource, 'enqueue'> },
  tx: Tx,
  projectId: string,
  requestedBy: string,
): Promise<void> {
  await tx.execute(sql`select compute.lock_project(${projectId})`);
  const owned = await listOwned(tx, projectId);
  if (owned.length > 0) throw errors.PROJECT_NOT_EMPTY({ owned: inWords(owned) });
  await tx.insert(closedProject).values({ projectId, requestedBy }).onConflictDoNothing();
  await d.work.enqueue(tx, 'project', projectId);
}

const MOST_NAMED = 5;

/** "2 instances (web, db), 1 image (starter)". */
function inWords(owned: readonly Owned[]): string {
  const kinds = [...Map.groupBy(owned, ({ kind }) => kind)];
  return kinds
    .map(([kind, all]) => {
      const names = all.slice(0, MOST_NAMED).map(({ name }) => name);
      const count = all.length < MOST_LISTED ? String(all.length) : `at least ${MOST_LISTED}`;
      const more = all.length > MOST_NAMED ? ', …' : '';
      return `${count} ${kind}${all.length === 1 ? '' : 's'} (${names.join(', ')}${more})`;
    })
    .join(', ');
}
