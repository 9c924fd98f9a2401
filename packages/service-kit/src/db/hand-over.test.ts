import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { again, HANDED_MS, Runner } from '@thecloud/reconcile';
import type { Outcome, Term } from '@thecloud/reconcile';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { createLogger } from '../log';
import { Database } from './database';
import { kitTables } from './tables';
import { PgWorkSource } from './work-source';

const tables = kitTables(pgSchema('compute'));
let database: TestDatabase;
let db: Database;
let work: PgWorkSource;
let runner: Runner | undefined;
const rung: string[] = [];
let wake: (() => void) | undefined;

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
  const ring = (controller: string) => {
    rung.push(controller);
    wake?.();
  };
  const listen = (_: string, listener: () => void) => {
    wake = listener;
    return () => true;
  };
  work = new PgWorkSource(db, tables, { ring, listen });
});
afterAll(async () => {
  await db.close();
  await database.close();
});
beforeEach(async () => {
  await database.query('truncate compute.work, compute.leader');
  await work.beginTerm('thing', 1n);
  rung.length = 0;
});
afterEach(() => runner?.close());

/** Leads at once, until closed. */
const leadership = {
  campaign: (_: string, lead: (epoch: bigint, signal: AbortSignal) => Promise<void>) => {
    const term = new AbortController();
    const led = lead(1n, term.signal);
    return { close: () => (term.abort(), led) };
  },
};

type Run = (key: string, term: Term) => Promise<Outcome>;
function run(reconcile: Run, concurrency = 4): void {
  runner = new Runner(
    { name: 'thing', resyncMs: 60_000, deadlineMs: 20_000, concurrency, reconcile },
    {
      source: work,
      leadership,
      observer: { ran: () => undefined, failed: () => undefined, leading: () => undefined },
    },
  );
}

const handOver = (key: string) => db.write('system', (tx) => work.handOver(tx, 'thing', key, { made: key }));
const stored = () =>
  database.query<{ key: string; wakes: number; attempts: number; claimed: boolean; ms: number }>(
    `select key, wakes, attempts, lease_until is not null as claimed,
            extract(epoch from due_at - now())::float8 * 1000 as ms from compute.work order by key`,
  );

/** A run that waits for being told how it ends. */
class Held {
  readonly #begun: Array<{ key: string; term: Term; end(outcome: Outcome): void }> = [];
  #arrived: (() => void) | undefined;

  readonly run: Run = (key, term) =>
    new Promise((end) => {
      this.#begun.push({ key, term, end });
      this.#arrived?.();
    });

  async next() {
    while (this.#begun.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#begun.shift()!;
  }

  get waiting(): number {
    return this.#begun.length;
  }
}

it('gives the leader what was written, once it is committed, and leaves the row as it is', async () => {
  const held = new Held();
  run(held.run);
  await handOver('a');
  const { key, term, end } = await held.next();
  expect([key, term.fresh, term.epoch]).toEqual(['a', { made: 'a' }, 1n]);
  expect(rung).toEqual([]);
  end(again(HANDED_MS));
  await runner?.close();
  // Whether or not he has come to an end with it: it is due by itself.
  expect(await stored()).toEqual([
    { key: 'a', wakes: 1, attempts: 0, claimed: false, ms: expect.any(Number) },
  ]);
  expect((await stored())[0]?.ms).toBeLessThanOrEqual(HANDED_MS + 100);
});

it('hands nothing over that is undone', async () => {
  const held = new Held();
  run(held.run);
  const undone = db.write('system', async (tx) => {
    await work.handOver(tx, 'thing', 'never', {});
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  await handOver('a');
  const { key, end } = await held.next();
  expect(key).toBe('a');
  end(again(60_000));
  expect(held.waiting).toBe(0);
});

it('has it claimed like any other where nobody leads, or the leader has no room', async () => {
  await handOver('a');
  expect(rung.splice(0)).toEqual(['thing']);
  expect((await stored())[0]?.ms).toBeLessThanOrEqual(0);
  const held = new Held();
  run(held.run, 1);
  const first = await held.next();
  expect([first.key, first.term.fresh]).toEqual(['a', undefined]);
  await handOver('b');
  expect(rung).toEqual(['thing']);
  expect((await stored()).map(({ key, claimed }) => [key, claimed])).toEqual([
    ['a', true],
    ['b', false],
  ]);
  first.end(again(60_000));
  (await held.next()).end(again(60_000));
});

it('puts back what is to be looked at sooner', async () => {
  run(() => Promise.reject(new Error('failed')));
  const failed = async () => (await stored()).some(({ attempts }) => attempts > 0);
  await handOver('a');
  while (!(await failed())) await new Promise(setImmediate);
});

it('works on it again when it is woken meanwhile, but not at the same time', async () => {
  const held = new Held();
  run(held.run);
  await handOver('a');
  const first = await held.next();
  await db.write('system', (tx) => work.enqueue(tx, 'thing', 'a'));
  while (!(await stored())[0]?.claimed) await new Promise(setImmediate);
  expect(held.waiting).toBe(0);
  first.end(again(HANDED_MS));
  const second = await held.next();
  expect([second.key, second.term.fresh]).toEqual(['a', undefined]);
  second.end(again(60_000));
});
