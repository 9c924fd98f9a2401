import fc from 'fast-check';
import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import type { Claim } from '@thecloud/reconcile';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { createLogger } from '../log';
import { Database } from './database';
import { kitTables } from './tables';
import { PgWorkSource } from './work-source';

let database: TestDatabase;
let db: Database;
let work: PgWorkSource;

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
  const wakes = { ring: () => undefined, listen: () => () => true };
  work = new PgWorkSource(db, kitTables(pgSchema('compute')), wakes);
});
afterAll(async () => {
  await db.close();
  await database.close();
});

const KEYS = ['a', 'b'] as const;
const LEASE_MS = 600_000;
/** Times are rounded so that keys come due together; the wishes below are further apart than that. */
const ROUNDED_MS = 5_000;

/** What a queue has to remember of a key: when it is to be looked at, at the latest. */
interface Promised {
  atMs: number;
  claim?: Claim;
}

/** One controller's queue, and next to it what it owes. */
class Model {
  readonly owed = new Map<string, Promised>();
  #epoch = 1n;

  wish(key: string, afterMs: number): void {
    const known = this.owed.get(key);
    const atMs = Math.min(known?.atMs ?? Infinity, Date.now() + afterMs);
    this.owed.set(key, { ...known, atMs });
  }

  async claim(): Promise<void> {
    for (const claim of await work.claim('thing', this.#epoch, 1, LEASE_MS))
      this.owed.set(claim.key, { atMs: Date.now() + LEASE_MS, claim });
  }

  async release(key: string, afterMs: number, failed: boolean): Promise<void> {
    const known = this.owed.get(key);
    if (!known?.claim) return;
    await work.release('thing', this.#epoch, known.claim, afterMs, failed);
    this.owed.set(key, { atMs: Math.min(known.atMs, Date.now() + afterMs) });
  }

  /** The leader dies: the next one must look at all that was claimed. */
  async newLeader(): Promise<void> {
    await work.beginTerm('thing', (this.#epoch += 1n));
    for (const [key, { atMs, claim }] of this.owed) this.owed.set(key, { atMs: claim ? Date.now() : atMs });
  }
}

type Step = (model: Model) => Promise<void>;
const key = fc.constantFrom(...KEYS);
const ms = fc.integer({ min: 1, max: 9 }).map((minutes) => minutes * 60_000);
const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  key.map((k): [string, Step] => [
    `enqueue ${k}`,
    async (model) => {
      model.wish(k, 0);
      await db.write('system', (tx) => work.enqueue(tx, 'thing', k));
    },
  ]),
  fc.tuple(key, ms).map(([k, afterMs]): [string, Step] => [
    `enqueue ${k} in ${afterMs} ms`,
    async (model) => {
      model.wish(k, afterMs);
      await db.write('system', (tx) => work.enqueueLater(tx, 'thing', [{ key: k, afterMs }]));
    },
  ]),
  fc.constant<[string, Step]>(['claim', (model) => model.claim()]),
  fc
    .tuple(key, ms, fc.boolean())
    .map(([k, afterMs, failed]): [string, Step] => [
      `release ${k} for ${afterMs} ms${failed ? ', failed' : ''}`,
      (model) => model.release(k, afterMs, failed),
    ]),
  fc.constant<[string, Step]>(['new leader', (model) => model.newLeader()]),
);

it('never forgets that a key is to be looked at, in whatever order it is woken, claimed and released', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
      await database.query('delete from compute.work');
      await database.query('delete from compute.leader');
      await work.beginTerm('thing', 1n);
      const model = new Model();
      for (const [, run] of steps) await run(model);
      const rows = await database.query<{ key: string; ms: number }>(
        'select key, extract(epoch from due_at)::float8 * 1000 as ms from compute.work',
      );
      const due = new Map(rows.map((row) => [row.key, row.ms]));
      for (const [k, { atMs }] of model.owed) {
        const late = (due.get(k) ?? Infinity) - atMs;
        if (late > ROUNDED_MS)
          throw new Error(`${k} is due ${late} ms too late after ${steps.map(([name]) => name).join(', ')}`);
      }
    }),
    { numRuns: 80 },
  );
});
