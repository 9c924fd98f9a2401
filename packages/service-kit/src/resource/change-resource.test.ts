import { commonErrors, newId } from '@thecloud/kernel';
import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import type { RequestContext } from '../context';
import { Database } from '../db/database';
import { kitTables } from '../db/tables';
import { createLogger } from '../log';
import { Operations } from '../operation/operations';
import { changeResource } from './change-resource';
import type { ChangeDeps, Decide } from './change-resource';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly version: number;
  readonly size: number;
  readonly operationId: string;
}

const tables = kitTables(pgSchema('compute'));
const operations = new Operations(tables, { record: () => undefined });
const ctx = { requestId: 'r' } as RequestContext;
let database: TestDatabase;
let db: Database;
let thing: Thing;
let told: string[];
beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  await database.close();
});
beforeEach(() => {
  thing = { id: newId('instance'), name: 'web', projectId: 'prj_1', version: 3, size: 1, operationId: '' };
  told = [];
});

const deps: ChangeDeps<Thing> = {
  operations,
  lock: (_, id) => {
    if (id !== thing.id) throw commonErrors.OPERATION_NOT_FOUND({ id });
    return Promise.resolve(thing);
  },
  save: (_, row, { change }, operationId) => {
    thing = { ...row, ...change, version: row.version + 1, operationId };
    return Promise.resolve(thing);
  },
  changed: (_, { version }) => void told.push(`changed to ${version}`),
};
const controlled = {
  ...deps,
  wake: (_: unknown, id: string) => Promise.resolve(void told.push(`woken for ${id}`)),
};
const resize: Decide<Thing> = () => ({ kind: 'thing.resize', step: 'resize', change: { size: 2 } });
const change = (d: ChangeDeps<Thing>, decide: Decide<Thing>, ifVersion = 0, id = thing.id) =>
  db.write({ projectId: 'prj_1' }, (tx) => changeResource(d, tx, ctx, id, decide, ifVersion));
const operationsOf = (id: string) =>
  database.query(`select id, kind, state, resource_name from compute.operation where resource_id = '${id}'`);

it('saves what was decided with an operation that is done, where no controller has to act', async () => {
  const changed = await change(deps, resize);
  expect(changed).toMatchObject({ size: 2, version: 4 });
  expect(await operationsOf(thing.id)).toEqual([
    { id: changed.operationId, kind: 'thing.resize', state: 'succeeded', resource_name: 'web' },
  ]);
  expect(told).toEqual(['changed to 4']);
});

it('begins an operation and wakes the controller, where there is one', async () => {
  await change(controlled, resize);
  expect(await operationsOf(thing.id)).toMatchObject([{ state: 'running' }]);
  expect(told).toEqual([`woken for ${thing.id}`, 'changed to 4']);
});

it('does nothing for what is already so', async () => {
  expect(await change(controlled, () => 'already so')).toBe(thing);
  expect(await operationsOf(thing.id)).toEqual([]);
  expect(told).toEqual([]);
});

it('refuses who expects another version, before anything is decided', async () => {
  const decide = () => {
    throw new Error('it was asked');
  };
  await expect(change(deps, decide, 2)).rejects.toMatchObject({ reason: 'VERSION_MISMATCH' });
  await expect(change(deps, resize, 3)).resolves.toMatchObject({ version: 4 });
});

it('names the operation after what the resource is called from now on', async () => {
  await change(deps, () => ({ kind: 'thing.rename', step: 'rename', change: { name: 'shop' } }));
  expect(await operationsOf(thing.id)).toMatchObject([{ resource_name: 'shop' }]);
});
