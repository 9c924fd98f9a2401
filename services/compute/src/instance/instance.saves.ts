import { sql } from 'drizzle-orm';
import { Batcher } from '@thecloud/kernel';
import type { Epoch } from '@thecloud/reconcile';
import { oneOf, rowsOf, statement } from '@thecloud/service-kit';
import type { Operations, PgWorkSource, Tx } from '@thecloud/service-kit';
import type { Plan } from './instance.plan';
import type { InstanceRow, BoundInstance } from './instance.repo';
import { instance } from './instance.schema';
import { statusChange } from './instance.status';
import type { StatusChange } from './instance.status';

export interface SavesDeps {
  readonly work: PgWorkSource;
  readonly operations: Operations;
  readonly changed: (tx: Tx, row: InstanceRow) => void;
  /** Of what watchers see and events do not speak of. */
  readonly hint: (tx: Tx, row: InstanceRow) => void;
}

interface Save extends StatusChange {
  readonly row: BoundInstance;
  readonly epoch: Epoch;
}

const LARGEST_BATCH = 200;

/** Saves what plans say, many at once, each only if its row is still the one that was planned for. */
export class Saves {
  readonly #batches: Batcher<Save, BoundInstance | undefined>;

  constructor(
    private readonly controller: string,
    private readonly d: SavesDeps,
  ) {
    this.#batches = new Batcher(LARGEST_BATCH, (saves) => this.#save(saves));
  }

  /** Answers with the row as it is then; undefined: it is another by now, look again. */
  async save(row: BoundInstance, next: Plan, epoch: Epoch): Promise<BoundInstance | undefined> {
    const change = statusChange(row, next);
    return change ? this.#batches.add({ row, ...change, epoch }) : row;
  }

  #save(saves: readonly Save[]): Promise<Array<BoundInstance | undefined>> {
    const epoch = saves.reduce((oldest, s) => (s.epoch < oldest ? s.epoch : oldest), saves[0]?.epoch ?? 0n);
    return this.d.work.fenced(this.controller, epoch, async (tx) => {
      const unchanged = await compareAndSet(tx, saves);
      const saved = saves.map(({ row, status }) =>
        unchanged.has(row.id) ? { ...row, ...status, version: row.version + 1 } : undefined,
      );
      const operations = saves.flatMap((s, i) => (saved[i] && s.operation ? [s.operation] : []));
      await this.d.operations.advance(tx, operations);
      saved.forEach((row, i) => row && (saves[i]?.eventful ? this.d.changed : this.d.hint)(tx, row));
      return saved;
    });
  }
}

/** Answers with the ids whose version was still the one given. */
async function compareAndSet(tx: Tx, saves: readonly Save[]): Promise<ReadonlySet<string>> {
  const rows = saves.map(({ row: { id, version }, status }) => ({ id, version, ...status }));
  const saved = await saveRows(tx, { rows: JSON.stringify(rows), ids: rows.map(({ id }) => id) });
  return new Set(saved.map(({ id }) => id));
}

const saveRows = statement<{ id: string }>(
  'instance_save',
  () => sql`
    with asked as (
      select a.* from jsonb_to_recordset(${rowsOf('rows')})
             as a(id text, version int, state text, reason text, message text, "observedGeneration" int)
        join ${instance} i on i.id = a.id and i.version = a.version and ${oneOf('i.id', 'ids')} order by i.id for update of i)
    update ${instance} i set state = a.state, reason = a.reason, message = a.message,
           observed_generation = a."observedGeneration", version = i.version + 1, updated_at = now()
      from asked a where i.id = a.id and i.version = a.version and ${oneOf('i.id', 'ids')}
    returning i.id`,
);
