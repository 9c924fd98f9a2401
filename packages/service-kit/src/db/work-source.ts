import { sql } from 'drizzle-orm';
import type { Claim, Epoch, WorkSource } from '@thecloud/reconcile';
import { Batcher, commonErrors } from '@thecloud/kernel';
import type { Wakes } from '../events/wakes';
import { onCommit } from './database';
import { rowsOf, settle, statement } from './connection';
import type { Tx } from './connection';
import type { Database } from './database';
import type { KitTables } from './tables';

const LARGEST_RELEASE = 500;

interface Release {
  readonly controller: string;
  /** In decimal: JSON knows no bigint. */
  readonly epoch: string;
  readonly key: string;
  readonly wakes: number;
  readonly attempts: number;
  readonly after_ms: number;
}

/** A key, and when it is to be looked at: in so many ms at the latest. */
interface Wish {
  readonly key: string;
  readonly afterMs: number;
}

/** The work table of a service, as its controllers' queue. */
export class PgWorkSource implements WorkSource {
  readonly #releases = new Batcher<Release, void>(LARGEST_RELEASE, (releases) => this.#release(releases));

  readonly #enqueue = statement('work_enqueue', () => enqueue(this.tables));
  readonly #claim = statement<Claim>('work_claim', () => claim(this.tables));
  readonly #putBack = statement('work_release', () => putBack(this.tables));
  readonly #leader = statement<{ epoch: string }>('work_leader', () => leader(this.tables));

  constructor(
    private readonly db: Database,
    private readonly tables: KitTables,
    private readonly wakes: Pick<Wakes, 'ring' | 'listen'>,
  ) {}

  /** Wakes a controller for keys, in the transaction that gave it the reason. Always moves the due time. */
  async enqueue(tx: Tx, controller: string, ...keys: string[]): Promise<void> {
    await this.#wake(
      tx,
      controller,
      [...new Set(keys)].map((key) => ({ key, afterMs: 0 })),
    );
  }

  /** The same, to be looked at some time from now, unless something else wakes it before. Each key once. */
  enqueueLater(tx: Tx, controller: string, wishes: readonly Wish[]): Promise<void> {
    return this.#wake(tx, controller, wishes);
  }

  async #wake(tx: Tx, controller: string, wishes: readonly Wish[]): Promise<void> {
    if (wishes.length === 0) return;
    await this.#enqueue(tx, { controller, wishes: JSON.stringify(wishes) });
    const soonest = Math.min(...wishes.map(({ afterMs }) => afterMs));
    onCommit(tx, () => {
      if (soonest === 0) this.wakes.ring(controller);
      else setTimeout(() => this.wakes.ring(controller), soonest).unref();
    });
  }

  /** The key is gone for good: nothing will look at it again. In the transaction that purges the resource. */
  async forget(tx: Tx, controller: string, key: string): Promise<void> {
    const { work } = this.tables;
    await tx.delete(work).where(sql`${work.controller} = ${controller} and ${work.key} = ${key}`);
  }

  claim(controller: string, epoch: Epoch, limit: number, leaseMs: number): Promise<Claim[]> {
    return this.db.writeAtOnce('system', (tx) => this.#claim(tx, { controller, epoch, limit, leaseMs }));
  }

  release(controller: string, epoch: Epoch, claim: Claim, afterMs: number, failed: boolean): Promise<void> {
    const attempts = failed ? claim.attempts + 1 : 0;
    const { key, wakes } = claim;
    return this.#releases.add({
      controller,
      epoch: String(epoch),
      key,
      wakes,
      attempts,
      after_ms: Math.round(afterMs),
    });
  }

  /** Claims that are released at the same time are put back by one statement. */
  async #release(releases: readonly Release[]): Promise<void[]> {
    await this.db.writeAtOnce('system', (tx) => this.#putBack(tx, { releases: JSON.stringify(releases) }));
    return releases.map(() => undefined);
  }

  /** Of the keys nobody has claimed: read from the index, however many there are. */
  async nextDueMs(controller: string): Promise<number | undefined> {
    const { work } = this.tables;
    const rows = await this.db.read('system', (tx) =>
      tx.execute<{ ms: number }>(sql`
        select (extract(epoch from due_at - now()) * 1000)::float8 as ms
          from ${work} where controller = ${controller} and lease_until is null order by due_at limit 1`),
    );
    const ms = rows.rows[0]?.ms;
    return ms === undefined ? undefined : Math.max(0, ms);
  }

  onWake(controller: string, wake: () => void): () => void {
    return this.wakes.listen(controller, wake);
  }

  /** Begins a term: from here on, writes of every older epoch are refused. */
  async beginTerm(controller: string, epoch: Epoch): Promise<void> {
    const { leader } = this.tables;
    await this.db.write('system', async (tx) => {
      const begun = await tx
        .insert(leader)
        .values({ controller, epoch })
        .onConflictDoUpdate({
          target: leader.controller,
          set: { epoch },
          setWhere: sql`${leader.epoch} <= ${epoch}`,
        })
        .returning();
      if (begun.length === 0) return;
      // What a dead leader had claimed must not wait for its lease: no other may run under this epoch.
      await tx
        .update(this.tables.work)
        .set({ leaseUntil: null })
        .where(sql`${this.tables.work.controller} = ${controller}`);
    });
  }

  /** A controller's transaction. FAILED_PRECONDITION STALE_EPOCH: a newer leader has begun its term. */
  async fenced<T>(controller: string, epoch: Epoch, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.write('system', async (tx) => {
      const check = async () => {
        const seen = (await this.#leader(tx, { controller }))[0]?.epoch;
        if (seen !== String(epoch)) throw commonErrors.STALE_EPOCH({ seen: seen ?? 'none' });
      };
      // In one piece with the first statement: what a stale leader writes is rolled back.
      const [, value] = await settle(check(), fn(tx));
      return value as T;
    });
  }
}

/** Keys in their order: nobody waits in a ring. A time that has come, or comes sooner, stays. */
const enqueue = ({ work }: KitTables) => sql`
  insert into ${work} as w (controller, key, wakes, due_at)
  select ${sql.placeholder('controller')}::text, key, 1, now() + "afterMs" * interval '1 millisecond'
    from jsonb_to_recordset(${rowsOf('wishes')}) as wish(key text, "afterMs" int) order by key
      on conflict (controller, key) do update
     set wakes = w.wakes + 1, attempts = 0,
         due_at = case when w.lease_until is null then least(w.due_at, excluded.due_at) else excluded.due_at end`;

const claim = ({ work, leader }: KitTables) => sql`
  update ${work} set lease_until = now() + ${sql.placeholder('leaseMs')}::int * interval '1 millisecond'
   where controller = ${sql.placeholder('controller')}::text and key in (
     select key from ${work}
      where controller = ${sql.placeholder('controller')}::text and due_at <= now() and (lease_until is null or lease_until < now())
        and exists (select from ${leader} l where l.controller = ${sql.placeholder('controller')}::text and l.epoch = ${sql.placeholder('epoch')}::bigint)
      order by due_at limit ${sql.placeholder('limit')}::int for update skip locked)
  returning key, wakes, attempts`;

const putBack = ({ work, leader }: KitTables) => sql`
  with back as (
    select w.controller, w.key, b.wakes, b.attempts, b.after_ms
      from jsonb_to_recordset(${rowsOf('releases')})
           as b(controller text, epoch bigint, key text, wakes int, attempts int, after_ms bigint)
      join ${leader} l on l.controller = b.controller and l.epoch = b.epoch
      join ${work} w on w.controller = b.controller and w.key = b.key
     order by w.controller, w.key for update of w)
  update ${work} w set lease_until = null, attempts = back.attempts,
         due_at = case when w.wakes = back.wakes then now() + back.after_ms * interval '1 millisecond' else w.due_at end
    from back where w.controller = back.controller and w.key = back.key`;

const leader = ({ leader }: KitTables) =>
  sql`select epoch from ${leader} where controller = ${sql.placeholder('controller')}::text for share`;
