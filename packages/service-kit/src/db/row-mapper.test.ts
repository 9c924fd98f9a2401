import { desc, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { alias, pgSchema } from 'drizzle-orm/pg-core';
import { Client } from 'pg';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { withPassword } from './connection-url';
import { mapRowsFast } from './row-mapper';
import { kitTables } from './tables';

jest.setTimeout(60_000);
const { operation, outbox, leader } = kitTables(pgSchema('compute'));
const other = alias(operation, 'other');
let database: TestDatabase;
let client: Client;
let fast: NodePgDatabase;
let plain: NodePgDatabase;

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  client = new Client({ connectionString: withPassword(url, password), ssl: { ca } });
  await client.connect();
  await client.query("set thecloud.scope to 'system'");
  plain = drizzle(client);
  fast = mapRowsFast(drizzle(client));
  const common = { projectId: 'prj_1', kind: 'k', resourceId: 'r', requestedBy: '', requestId: '' };
  await plain.insert(operation).values([
    { ...common, id: 'op_1', steps: [{ name: 's', state: 'running', message: '', startedAt: 'now' }] },
    { ...common, id: 'op_2', endedAt: new Date(), error: { reason: 'R', message: '', advice: '' } },
  ]);
  await plain
    .insert(outbox)
    .values({ id: 'op_1', projectId: 'prj_1', events: [{ data: { a: [1, null] } }] as never });
  await plain.insert(leader).values({ controller: 'c', epoch: 2n ** 60n });
});
afterAll(async () => {
  await client.end();
  await database.close();
});

const latest = sql<number>`(select count(*) from ${operation})`.mapWith(Number);
const queries: Record<string, (db: NodePgDatabase) => PromiseLike<unknown[]>> = {
  'a table': (db) => db.select().from(operation).orderBy(operation.id),
  bigints: (db) => db.select().from(leader),
  'parts, and SQL with a name and without': (db) =>
    db
      .select({ row: operation, count: latest.as('count'), again: { count: latest }, id: operation.id })
      .from(operation)
      .orderBy(desc(operation.id)),
  'a join that may find nothing': (db) =>
    db.select().from(operation).leftJoin(outbox, eq(outbox.id, operation.id)).orderBy(operation.id),
  'the same the other way round, of chosen columns': (db) =>
    db
      .select({ left: { id: outbox.id, at: outbox.publishedAt }, mixed: { id: outbox.id, of: operation.id } })
      .from(outbox)
      .rightJoin(operation, eq(outbox.id, operation.id))
      .orderBy(operation.id),
  'a table joined with itself': (db) =>
    db
      .select()
      .from(operation)
      .leftJoin(other, eq(other.id, sql`'op_2'`))
      .orderBy(operation.id),
  'what an update returns': (db) =>
    db.update(outbox).set({ projectId: 'prj_2' }).returning({ id: outbox.id, all: outbox.events }),
  nothing: (db) =>
    db
      .select()
      .from(operation)
      .where(sql`false`),
};

it.each(Object.entries(queries))('%s: the same objects as by drizzle', async (_name, query) => {
  const rows = await query(fast);
  expect(rows).toEqual(await query(plain));
});
