import { newId } from '@thecloud/kernel';
import { requesterOf } from '@thecloud/service-kit';
import type { Operations, PgWorkSource, RequestContext, Tx } from '@thecloud/service-kit';
import { eq, sql } from 'drizzle-orm';
import { closedProject } from './closed-project.schema';

/** Lets nothing be made in the project from the commit on: see closeProject. Closing twice is closing once. */
export async function lockAndClose(tx: Tx, projectId: string, requestedBy: string): Promise<void> {
  await tx.execute(sql`select compute.lock_project(${projectId})`);
  await tx.insert(closedProject).values({ projectId, requestedBy }).onConflictDoNothing();
}

/**
 * Closes a project whatever is in it, and begins the operation that deletes all of it. Answers with the operation's id:
 * asked twice, with the first one's.
 */
export async function closeWithContent(
  d: { readonly work: Pick<PgWorkSource, 'enqueue'>; readonly operations: Pick<Operations, 'begin'> },
  tx: Tx,
  ctx: RequestContext,
  projectId: string,
): Promise<string> {
  await lockAndClose(tx, projectId, requesterOf(ctx));
  await d.work.enqueue(tx, 'project', projectId);
  const mine = eq(closedProject.projectId, projectId);
  const [closed] = await tx.select().from(closedProject).where(mine);
  if (closed?.operationId) return closed.operationId;
  const id = newId('operation');
  const resource = { id: projectId, name: '', projectId };
  await d.operations.begin(tx, ctx, { id, kind: 'project.delete', resource, step: 'delete what is in it' });
  await tx.update(closedProject).set({ operationId: id }).where(mine);
  return id;
}
