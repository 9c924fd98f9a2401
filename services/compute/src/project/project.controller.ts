import { eq, sql } from 'drizzle-orm';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import { ownedInWords, purgeOwned } from '@thecloud/service-kit';
import type { Database, Operations, OwnedKind, PgWorkSource, Purged } from '@thecloud/service-kit';
import type { RemoveProject } from './close-project';
import { closedProject } from './closed-project.schema';

type ClosedProject = typeof closedProject.$inferSelect;

/** While the project's things go, in ms. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Deletes what is in a closed project, then sees to it that identity removes the project, however often either dies in
 * between.
 */
export class ProjectController implements Reconciler {
  readonly name = 'project';
  readonly resyncMs = 60_000;
  readonly deadlineMs = 30_000;
  readonly concurrency = 2;

  constructor(
    private readonly d: {
      readonly db: Database;
      readonly work: PgWorkSource;
      readonly operations: Operations;
      readonly kinds: readonly OwnedKind[];
      readonly remove: RemoveProject;
    },
  ) {}

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const { db, work, operations, remove } = this.d;
    const mine = eq(closedProject.projectId, id);
    const [row] = await db.read('system', (tx) => tx.select().from(closedProject).where(mine));
    if (row && !row.removedAt) {
      if (row.operationId && (await this.#isSomethingLeft(row, term))) return again(LOOK_AGAIN_MS);
      await remove(id, row.requestedBy, term.signal);
    }
    await work.fenced(this.name, term.epoch, async (tx) => {
      await tx
        .update(closedProject)
        .set({ removedAt: sql`now()` })
        .where(mine);
      if (row?.operationId) await operations.succeed(tx, row.operationId);
      await work.forget(tx, this.name, id);
    });
    return settled;
  }

  /** Wishes all of it gone, and says in the operation what is left and what blocks. */
  #isSomethingLeft(
    { projectId, operationId, requestedBy }: ClosedProject,
    { epoch }: Term,
  ): Promise<boolean> {
    const { work, operations, kinds } = this.d;
    return work.fenced(this.name, epoch, async (tx) => {
      const by = { requestId: operationId, delegation: { projectId, operationId, requestedBy } };
      const purged = await purgeOwned(tx, kinds, by, projectId);
      await operations.step(tx, operationId, 'delete what is in it', whatIsLeft(purged));
      return purged.things.length > 0;
    });
  }
}

function whatIsLeft({ things, blocks }: Purged): string {
  if (things.length === 0) return '';
  const waits = `Waits for ${ownedInWords(things)} to be gone.`;
  return blocks.length > 0 ? `${waits} In the way: ${blocks.slice(0, 5).join('; ')}.` : waits;
}
