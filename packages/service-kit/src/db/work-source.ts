import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { HANDED_MS } from '@thecloud/reconcile';
import type { Claim, Epoch, Taker, WorkSource } from '@thecloud/reconcile';
import { Batcher, commonErrors } from '@thecloud/kernel';
import type { Wakes } from '../events/wakes';
import { onCommit } from './database';
import { rowsOf, settle, statement } from './connection';
import type { Tx } from './connection';
import type { Database } from './database';
import { batched } from './batched';
import type { KitTables } from './tables';

const LARGEST_RELEASE = 500;
/** In ms. */
const NO_HURRY_MS = 500;
const TOGETHER_MS = 100;

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
  readonly controller: string;
  readonly key: string;
  readonly afterMs: number;
}

/** The work table of a service, as its controllers' queue. */
export class PgWorkSource implements WorkSource {
  readonly #takers = new Map<string, Taker>();
  /** When each controller's bell is to ring next. */
  readonly #rings = new Map<string, number>();
  readonly #releases = new Batcher<Release, number>(LARGEST_RELEASE, (releases) => this.#release(releases));

  readonly #upsert = statement('work_enqueue', () => enqueue(this.tables));
  readonly #enqueue = batched<readonly Wish[], void>(async (tx, wishes) => {
    await this.#upsert(tx, { wishes: JSON.stringify(wishes.flat()) });
    return wishes.map(() => undefined);
  });
  readonly #claim = statement<Claim>('work_claim', () => claim(this.tables));
  readonly #putBack = statement<{ controller: string; key: string; dueMs: number }>('work_release', () =>
    putBack(this.tables),
  );
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
      keys.map((key) => ({ key, afterMs: 0 })),
    );
  }

  /** The same, to be looked at in `afterMs` at the latest. */
  enqueueLater(
    tx: Tx,
    controller: string,
    wishes: ReadonlyArray<{ readonly key: string; readonly afterMs: number }>,
  ): Promise<void> {
    return this.#wake(tx, controller, wishes);
  }

  /**
   * For a key that this transaction makes, of which `fresh` is what it writes: if the controller's leader is in this
   * process and has room, he begins with it after the commit, without a claim. If not, it is enqueued like any other.
   */
  async handOver(tx: Tx, controller: string, key: string, fresh: unknown): Promise<void> {
    const taker = this.#takers.get(controller);
    if (!taker?.hasRoom()) return this.enqueue(tx, controller, key);
    onCommit(tx, () => taker.take({ key, fresh }));
    await this.#enqueue(tx, [{ controller, key, afterMs: HANDED_MS }]);
  }

  async #wake(tx: Tx, controller: string, wishes: ReadonlyArray<Omit<Wish, 'controller'>>): Promise<void> {
    if (wishes.length === 0) return;
    await this.#enqueue(
      tx,
      wishes.map((wish) => ({ ...wish, controller })),
    );
    const soonest = Math.min(...wishes.map(({ afterMs }) => afterMs));
    onCommit(tx, () => (soonest === 0 ? this.wakes.ring(controller) : this.#ringLater(controller, soonest)));
  }

  /** Once for all that come to be due together. */
  #ringLater(controller: string, afterMs: number): void {
    const at = Math.ceil((Date.now() + afterMs) / TOGETHER_MS + 1) * TOGETHER_MS;
    if (this.#rings.get(controller) === at) return;
    this.#rings.set(controller, at);
    setTimeout(() => this.wakes.ring(controller), at - Date.now()).unref();
  }

  /** The key is gone for good: nothing will look at it again. In the transaction that purges the resource. */
  async forget(tx: Tx, controller: string, key: string): Promise<void> {
    const { work } = this.tables;
    await tx.delete(work).where(sql`${work.controller} = ${controller} and ${work.key} = ${key}`);
  }

  claim(controller: string, epoch: Epoch, limit: number, leaseMs: number): Promise<Claim[]> {
    return this.db.writeAtOnce('system', (tx) => this.#claim(tx, { controller, epoch, limit, leaseMs }));
  }

  release(controller: string, epoch: Epoch, claim: Claim, afterMs: number, failed: boolean): Promise<number> {
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
  async #release(releases: readonly Release[]): Promise<number[]> {
    const inOrder = releases.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const back = await this.db.writeAtOnce('system', (tx) =>
      this.#putBack(tx, { releases: JSON.stringify(inOrder) }),
    );
    const dueMs = new Map(back.map((row) => [nameOf(row), row.dueMs]));
    return releases.map((release) => dueMs.get(nameOf(release)) ?? Infinity);
  }

  onWake(controller: string, wake: () => void): () => void {
    return this.wakes.listen(controller, wake);
  }

  onHandOver(controller: string, taker: Taker): () => void {
    this.#takers.set(controller, taker);
    return () => {
      if (this.#takers.get(controller) === taker) this.#takers.delete(controller);
    };
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
      const { work } = this.tables;
      await tx
        .update(work)
        .set({ leaseUntil: null, dueAt: sql`least(${work.dueAt}, now())` })
        .where(sql`${work.controller} = ${controller} and ${work.leaseUntil} is not null`);
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

/** So many ms from now (never rounded up: at once is at once); where it is no hurry, up to so much later that many are due, and looked at, together. */
const later = (
  ms: SQL,
) => sql`case when ${ms} < ${sql.raw(String(NO_HURRY_MS))} then date_trunc('milliseconds', now() + ${ms} * interval '1 millisecond')
  else date_bin(${sql.raw(`'${TOGETHER_MS} milliseconds'`)}, now() + (${ms} + ${sql.raw(String(TOGETHER_MS))}) * interval '1 millisecond', timestamptz 'epoch') end`;

/** Keys in their order: nobody waits in a ring. A time that has come, or comes sooner, stays. */
const enqueue = ({ work }: KitTables) => sql`
  insert into ${work} as w (controller, key, wakes, due_at)
  select distinct on (controller, key) controller, key, 1, ${later(sql`"afterMs"`)}
    from jsonb_to_recordset(${rowsOf('wishes')}) as wish(controller text, key text, "afterMs" int)
   order by controller, key, "afterMs"
      on conflict (controller, key) do update
     set wakes = w.wakes + 1, attempts = 0, due_at = least(w.due_at, excluded.due_at)`;

/** A claimed key is due when its lease ends, if nobody wishes it sooner: wishes find no time that was before. */
const claim = ({ work, leader }: KitTables) => sql`
  update ${work} set (lease_until, due_at) = (
         select lease_end, lease_end from (
           select now() + ${sql.placeholder('leaseMs')}::int * interval '1 millisecond' as lease_end) as leased)
   where controller = ${sql.placeholder('controller')}::text and key in (
     select key from ${work}
      where controller = ${sql.placeholder('controller')}::text and due_at <= now() and (lease_until is null or lease_until < now())
        and exists (select from ${leader} l where l.controller = ${sql.placeholder('controller')}::text and l.epoch = ${sql.placeholder('epoch')}::bigint)
      order by due_at limit ${sql.placeholder('limit')}::int for update skip locked)
  returning key, wakes, attempts`;

const nameOf = ({ controller, key }: Pick<Release, 'controller' | 'key'>) => `${controller} ${key}`;

/**
 * Locked in the order in which they come. One by one (lateral), or PostgreSQL would read all that a controller has, until
 * it has been told by statistics how much that is.
 */
const putBack = ({ work, leader }: KitTables) => sql`
  with back as (
    select w.controller, w.key, b.wakes, b.attempts, b.after_ms
      from jsonb_to_recordset(${rowsOf('releases')})
           as b(controller text, epoch bigint, key text, wakes int, attempts int, after_ms bigint)
      join ${leader} l on l.controller = b.controller and l.epoch = b.epoch
     cross join lateral (
           select controller, key from ${work} where controller = b.controller and key = b.key limit 1 for update) w)
  update ${work} w set lease_until = null, attempts = back.attempts,
         due_at = case when w.wakes = back.wakes then ${later(sql`back.after_ms`)}
                       else least(w.due_at, ${later(sql`back.after_ms`)}) end
    from back where w.controller = back.controller and w.key = back.key
  returning w.controller, w.key, (extract(epoch from w.due_at - now()) * 1000)::float8 as "dueMs"`;

const leader = ({ leader }: KitTables) =>
  sql`select epoch from ${leader} where controller = ${sql.placeholder('controller')}::text for share`;
