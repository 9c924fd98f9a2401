import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { Database } from '../db/database';
import { kitTables } from '../db/tables';
import { createLogger } from '../log';
import { OperationPruning } from './operation-pruning';

const log = createLogger({ service: 'test', level: 'silent' });
let database: TestDatabase;
let db: Database;
let pruning: OperationPruning;
beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log });
  pruning = new OperationPruning(db, kitTables(pgSchema('compute')), 30, log);
});
afterAll(async () => {
  pruning.close();
  await db.close();
  await database.close();
});
beforeEach(() => database.query('truncate compute.operation, compute.ssh_key'));

/** It ended so many days ago, or is open. */
const operation = (id: string, endedDaysAgo?: number) => {
  const [state, endedAt] =
    endedDaysAgo === undefined
      ? ['running', 'null']
      : ['succeeded', `now() - interval '${endedDaysAgo} days'`];
  return database.query(
    `insert into compute.operation (id, project_id, kind, resource_id, requested_by, request_id, state, created_at, ended_at)
     values ('${id}', 'prj_1', 'thing.make', 'thing_1', '', '', '${state}', now() - interval '100 days', ${endedAt})`,
  );
};
const left = async () => {
  const rows = await database.query<{ id: string }>('select id from compute.operation order by id');
  return rows.map(({ id }) => id);
};

it('removes what ended long ago, never what is open', async () => {
  await operation('a-old', 31);
  await operation('b-recent', 29);
  await operation('c-open');
  expect(await pruning.prune()).toBe(1);
  expect(await left()).toEqual(['b-recent', 'c-open']);
});

it('keeps the operation that a resource names as its last, as long as there is the resource', async () => {
  await operation('a-before', 90);
  await operation('b-last', 90);
  await database.query(
    `insert into compute.ssh_key (id, project_id, name, labels, public_key, type, fingerprint, operation_id)
     values ('ssh_1', 'prj_1', 'key', '{}', '', '', '', 'b-last')`,
  );
  await pruning.prune();
  expect(await left()).toEqual(['b-last']);
  await database.query('delete from compute.ssh_key');
  await pruning.prune();
  expect(await left()).toEqual([]);
});

it('removes the oldest first and some at a time, and all in the end', async () => {
  for (const days of [31, 32, 33, 34, 35]) await operation(`of-${days}`, days);
  expect(await pruning.prune(1)).toBe(5);
  expect(await left()).toEqual([]);
});

it('removes no more than a bound in one run', async () => {
  await database.query(
    `insert into compute.operation (id, project_id, kind, resource_id, requested_by, request_id, state, ended_at)
     select 'op-' || n, 'prj_1', 'thing.make', 'thing_1', '', '', 'succeeded', now() - interval '40 days' - n * interval '1 minute'
       from generate_series(1, 25) n`,
  );
  expect(await pruning.prune(1)).toBe(20);
  expect((await left()).sort()).toEqual(['op-1', 'op-2', 'op-3', 'op-4', 'op-5']);
});
