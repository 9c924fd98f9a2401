import { eq, sql } from 'drizzle-orm';
import { settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, PgWorkSource } from '@thecloud/service-kit';
import type { RemoveProject } from './close-project';
import { closedProject } from './closed-project.schema';

/** Sees to it that identity removes what is closed here, however often either dies in between. */
export class ProjectController implements Reconciler {
  readonly name = 'project';
  readonly resyncMs = 60_000;
  readonly deadlineMs = 15_000;
  readonly concurrency = 2;

  constructor(
    private readonly d: {
      readonly db: Database;
      readonly work: PgWorkSource;
      readonly remove: RemoveProject;
    },
  ) {}

  async reconcile(id: string, { epoch, signal }: Term): Promise<Outcome> {
    const { db, work, remove } = this.d;
    const mine = eq(closedProject.projectId, id);
    const [row] = await db.read('system', (tx) => tx.select().from(closedProject).where(mine));
    if (row && !row.removedAt) await remove(id, row.requestedBy, signal);
    await work.fenced(this.name, epoch, async (tx) => {
      await tx
        .update(closedProject)
        .set({ removedAt: sql`now()` })
        .where(mine);
      await work.forget(tx, this.name, id);
    });
    return settled;
  }
}
