import { eq, sql } from 'drizzle-orm';
import { computeV1 } from '@thecloud/api';
import type { commonV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { again, settled, waitsInWords } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import { adoptSteps, delegated } from '@thecloud/service-kit';
import type { Database, Foundation, PgWorkSource, Operations, Tx, UnaryClient } from '@thecloud/service-kit';
import { plan } from './pair.plan';
import type { ChildSeen, PairPlan } from './pair.plan';
import { operation, pair, pairChild } from './pair.schema';
import type { ChildRow, PairRow } from './pair.schema';

export type Instances = UnaryClient<computeV1.OwnedInstanceServiceClient>;

const CALL_MS = 5_000;
/** Only a wake, or this, has a pair looked at again: what its instances do comes back as events. */
const RESYNC_MS = 30 * 60_000;
const PASSING: readonly string[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ABORTED', 'CANCELLED', 'INTERNAL'];

interface Asked extends ChildSeen {
  readonly name: string;
  readonly operation: commonV1.Operation | undefined;
}

/** Makes each pair what is wanted of it, through compute. */
export class PairController implements Reconciler {
  readonly name = 'pair';
  readonly resyncMs = RESYNC_MS;
  readonly deadlineMs = 20_000;
  readonly concurrency = 8;
  readonly #db: Database;
  readonly #work: PgWorkSource;
  readonly #operations: Operations;

  constructor(
    f: Pick<Foundation, 'db' | 'work' | 'operations'>,
    private readonly instances: Instances,
  ) {
    [this.#db, this.#work, this.#operations] = [f.db, f.work, f.operations];
  }

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const { row, children } = await this.#db.read('system', async (tx) => {
      const [[row], children] = await Promise.all([
        tx.select().from(pair).where(eq(pair.id, id)),
        tx.select().from(pairChild).where(eq(pairChild.pairId, id)).orderBy(pairChild.name),
      ]);
      return { row, children };
    });
    if (!row) {
      await this.#work.fenced(this.name, term.epoch, (tx) => this.#work.forget(tx, this.name, id));
      return settled;
    }
    const asked: Asked[] = [];
    for (const child of children) asked.push(await this.#ask(row, child, term));
    const saved = await this.#work.fenced(this.name, term.epoch, (tx) => this.#save(tx, row, asked));
    return saved ? settled : again(0);
  }

  /** What cannot pass is the instance's failure; anything else is tried again by the runner. */
  async #ask(row: PairRow, { id, name }: ChildRow, { signal }: Term): Promise<Asked> {
    const { projectId, operationId, requestedBy } = row;
    const calls = delegated(this.instances, { projectId, operationId, requestedBy });
    const options = { timeoutMs: CALL_MS, signal };
    if (row.desired === 'absent') {
      const { gone, operation } = await calls.deleteOwnedInstance({ id, ownerId: row.id }, options);
      return { id, name, state: gone ? 'gone' : 'deleting', step: stepOf(operation), operation };
    }
    const request = computeV1.ApplyOwnedInstanceRequest.fromPartial({
      ...{ id, name, ownerId: row.id, ownerGeneration: row.generation },
      spec: { type: row.type, image: row.image },
    });
    try {
      const { instance, operation } = await calls.applyOwnedInstance(request, options);
      const state = instance?.status?.state || 'unknown';
      const broken = state === 'failed' ? operation?.error : undefined;
      return { id, name, state, step: stepOf(operation), operation, broken };
    } catch (cause) {
      if (!(cause instanceof CloudError) || PASSING.includes(cause.code)) throw cause;
      const { reason, message } = cause;
      const broken = { reason, message, advice: 'Correct the pair.' };
      return { id, name, state: 'failed', step: '', operation: undefined, broken };
    }
  }

  /** False: the pair has changed meanwhile. */
  async #save(tx: Tx, row: PairRow, asked: readonly Asked[]): Promise<boolean> {
    const [locked] = await tx.select().from(pair).where(eq(pair.id, row.id)).for('update');
    if (locked?.generation !== row.generation) return false;
    const next = plan(row.desired, asked);
    await adoptSteps(tx, { operation }, row.operationId, asked);
    await this.#tell(tx, row, next);
    if (!next.purge) {
      const { state, waits, broken } = next;
      const message = broken?.message ?? waitsInWords(waits);
      await tx
        .update(pair)
        .set({ state, message, version: sql`${pair.version} + 1` })
        .where(eq(pair.id, row.id));
      return true;
    }
    await tx.delete(pairChild).where(eq(pairChild.pairId, row.id));
    await tx.delete(pair).where(eq(pair.id, row.id));
    await this.#work.forget(tx, this.name, row.id);
    return true;
  }

  async #tell(tx: Tx, { operationId: id, desired }: PairRow, { waits, broken }: PairPlan): Promise<void> {
    if (broken) return this.#operations.fail(tx, id, broken);
    if (waits.length === 0) return this.#operations.succeed(tx, id);
    const step = desired === 'running' ? 'wait for instances' : 'wait until instances are gone';
    return this.#operations.step(tx, id, step, `Waits for ${waitsInWords(waits)}.`);
  }
}

const stepOf = (operation: commonV1.Operation | undefined): string => operation?.steps.at(-1)?.name ?? '';
