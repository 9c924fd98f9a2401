import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { Database } from '../db/database';
import { kitTables } from '../db/tables';
import { createLogger } from '../log';
import { OperationRepo } from './operation.repo';
import type { OperationFilter } from './operation.repo';
import { Operations } from './operations';

const tables = kitTables(pgSchema('compute'));
const operations = new Operations(tables, { record: () => undefined });
const repo = new OperationRepo(tables);
let database: TestDatabase;
let db: Database;

/** Operations by what they are called here. */
const named = new Map<string, string>();
const begin = async (call: string, kind: string, id: string, name: string, projectId = 'prj_1') => {
  const about = { kind, resource: { id, name, projectId }, step: 'do it' };
  named.set(await db.write('system', (tx) => operations.begin(tx, { requestId: 'r' }, about)), call);
};

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
  await begin('made', 'thing.create', 'thing_1', 'old');
  await begin('renamed', 'thing.rename', 'thing_1', 'web');
  await begin('stopped', 'thing.stop', 'thing_1', 'web');
  await begin('another', 'thing.create', 'thing_2', 'db');
  await begin('stranger', 'thing.create', 'thing_3', 'web', 'prj_2');
});
afterAll(async () => {
  await db.close();
  await database.close();
});

const list = async (filter: OperationFilter, open = false) => {
  const page = { size: 10, after: undefined };
  const rows = await db.read({ projectId: 'prj_1' }, (tx) => repo.list(tx, 'prj_1', page, filter, open));
  return rows.map(({ id }) => named.get(id));
};

it('finds the operations of a resource by its id, newest first', async () => {
  expect(await list({ resource: 'thing_1' })).toEqual(['stopped', 'renamed', 'made']);
});

it('finds all of them by a name that it has or had, and nothing of other projects', async () => {
  expect(await list({ resource: 'web' })).toEqual(['stopped', 'renamed', 'made']);
  expect(await list({ resource: 'old' })).toEqual(['stopped', 'renamed', 'made']);
  expect(await list({ resource: 'nope' })).toEqual([]);
});

it('narrows by kind and state, and to those that are open', async () => {
  expect(await list({ kind: 'thing.create' })).toEqual(['another', 'made']);
  expect(await list({ state: 'superseded' })).toEqual(['renamed', 'made']);
  expect(await list({ resource: 'web' }, true)).toEqual(['stopped']);
});

it('finds of some ids those that are asked for', async () => {
  const ids = [...named.keys()];
  const find = (filter: OperationFilter) =>
    db.read({ projectId: 'prj_1' }, (tx) => repo.find(tx, 'prj_1', ids, filter));
  expect((await find({ resource: 'db' })).map(({ id }) => named.get(id))).toEqual(['another']);
  expect(await find({})).toHaveLength(4);
});
