import { eq } from 'drizzle-orm';
import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
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
const rung: string[] = [];

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
  const wakes = { ring: (controller: string) => rung.push(controller), listen: () => () => true };
  work = new PgWorkSource(db, tables, wakes);
});
afterAll(async () => {
  await db.close();
  await database.close();
});
beforeEach(async () => {
  await database.query('truncate compute.work, compute.leader');
  await work.beginTerm('thing', 1n);
});

const enqueue = (...keys: string[]) => db.write('system', (tx) => work.enqueue(tx, 'thing', ...keys));
const claim = (epoch = 1n, limit = 10) => work.claim('thing', epoch, limit, 30_000);

it('hands a key to one claimant only', async () => {
  await enqueue('a', 'b', 'c');
  const claims = await Promise.all([claim(1n, 2), claim(1n, 2), claim(1n, 2)]);
  expect(
    claims
      .flat()
      .map((c) => c.key)
      .sort(),
  ).toEqual(['a', 'b', 'c']);
  expect(await claim()).toEqual([]);
});

it('rings only once the wish is committed', async () => {
  rung.length = 0;
  await expect(
    db.write('system', async (tx) => {
      await work.enqueue(tx, 'thing', 'never');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(rung).toEqual([]);
  await enqueue('a');
  expect(rung).toEqual(['thing']);
});

it('does not lose a wake-up that comes while the key is worked on', async () => {
  await enqueue('a');
  const [first] = await claim();
  await enqueue('a');
  expect(first && (await work.release('thing', 1n, first, 3_600_000, false))).toBeLessThanOrEqual(0);
  expect((await claim()).map((c) => c.key)).toEqual(['a']);
});

it('looks again when it was told to, and not before', async () => {
  await enqueue('a');
  const [first] = await claim();
  const dueMs = first && (await work.release('thing', 1n, first, 60_000, false));
  expect(await claim()).toEqual([]);
  expect(dueMs).toBeGreaterThan(50_000);
});

it('has keys looked at later, unless something else wants it sooner', async () => {
  const later = (afterMs: number) =>
    db.write('system', (tx) => work.enqueueLater(tx, 'thing', [{ key: 'a', afterMs }]));
  const due = () =>
    database.query<{ ms: number }>(
      'select extract(epoch from due_at - now())::float8 * 1000 as ms from compute.work',
    );
  await later(30_000);
  await later(60_000);
  expect(await claim()).toEqual([]);
  expect((await due())[0]?.ms).toBeLessThan(31_000);
  await enqueue('a');
  const [first] = await claim();
  await later(20_000); // while the key is worked on: the sooner of the wish and what the run says
  expect(first && (await work.release('thing', 1n, first, 60_000, false))).toBeLessThan(21_000);
});

it('counts failures until a run succeeds', async () => {
  await enqueue('a');
  for (const attempts of [0, 1, 2]) {
    const [c] = await claim();
    expect(c?.attempts).toBe(attempts);
    if (c) await work.release('thing', 1n, c, 0, true);
  }
  const [c] = await claim();
  if (c) await work.release('thing', 1n, c, 0, false);
  expect((await claim())[0]?.attempts).toBe(0);
});

it('gives a new leader what a dead one had claimed, and the old one nothing more', async () => {
  await enqueue('a');
  const [stale] = await claim(1n);
  await work.beginTerm('thing', 2n);
  expect(await claim(1n)).toEqual([]);
  expect((await claim(2n)).map((c) => c.key)).toEqual(['a']);
  // The deposed leader comes back from its pause: it neither puts the key back nor writes anything.
  if (stale) await work.release('thing', 1n, stale, 0, false);
  expect(await claim(2n)).toEqual([]);
  await expect(work.fenced('thing', 1n, () => Promise.resolve())).rejects.toMatchObject({
    reason: 'STALE_EPOCH',
  });
  await expect(work.fenced('thing', 2n, () => Promise.resolve('written'))).resolves.toBe('written');
});

it('never lets an older epoch begin a term', async () => {
  await work.beginTerm('thing', 5n);
  await work.beginTerm('thing', 4n);
  const [row] = await db.read('system', (tx) =>
    tx.select().from(tables.leader).where(eq(tables.leader.controller, 'thing')),
  );
  expect(row?.epoch).toBe(5n);
});

it('forgets a key for good', async () => {
  await enqueue('a');
  const [c] = await claim();
  await db.write('system', (tx) => work.forget(tx, 'thing', 'a'));
  expect(c && (await work.release('thing', 1n, c, 0, false))).toBe(Infinity);
  expect(await claim()).toEqual([]);
});
