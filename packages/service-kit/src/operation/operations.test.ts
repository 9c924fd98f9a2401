import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { createLogger } from '../log';
import { Database } from '../db/database';
import { Operations } from './operations';
import type { OperationChange } from './operations';
import { kitTables } from '../db/tables';

jest.setTimeout(60_000);
const tables = kitTables(pgSchema('compute'));
const operations = new Operations(tables, { record: () => undefined });
let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  await database.close();
});

/** The steps of an operation that went so: state, name and message each. */
async function stepsAfter(...changes: Omit<OperationChange, 'id'>[]): Promise<string[]> {
  const id = await db.write('system', (tx) =>
    operations.begin(
      tx,
      { requestId: 'r' },
      { kind: 'thing.delete', resource: { id: 'thing_1', name: 'one', projectId: 'prj_1' }, step: 'remove' },
    ),
  );
  for (const change of changes) await db.write('system', (tx) => operations.advance(tx, [{ id, ...change }]));
  const [row] = await db.read('system', (tx) => tx.select().from(tables.operation));
  await database.query('delete from compute.operation');
  return (row?.steps ?? []).map((step) => [step.state, step.name, step.message].join(' ').trim());
}

it('tells what is in the way of a step as long as it is, and nothing of it once it has succeeded', async () => {
  const inTheWay = { step: 'remove', message: 'the engine does not answer' };
  expect(await stepsAfter(inTheWay)).toEqual(['running remove the engine does not answer']);
  expect(await stepsAfter(inTheWay, { outcome: 'succeeded' })).toEqual(['succeeded remove']);
});

it('tells of one that failed why', async () => {
  const error = { reason: 'R', message: 'm', advice: 'a' };
  expect(await stepsAfter({ step: 'remove', message: 'no' }, { outcome: 'failed', error })).toEqual([
    'failed remove no',
  ]);
});
