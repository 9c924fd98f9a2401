import type { EventEmitter } from 'node:events';
import { runInThisContext } from 'node:vm';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { sql } from 'drizzle-orm';
import { createLogger } from '../log';
import type { Tx } from './connection';
import { Database } from './database';

/** A connection breaks in the very turn in which the first statements are sent. */
let database: TestDatabase;
let db: Database;

/** Jest forgives a rejection that is handled late; a service ends with it. Its `process` is a copy without these events. */
const realProcess = runInThisContext('process') as NodeJS.Process;
const unhandled: unknown[] = [];
const note = (cause: unknown) => void unhandled.push(cause);
beforeAll(() => void realProcess.on('unhandledRejection', note));
afterAll(() => void realProcess.off('unhandledRejection', note));
beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  await database.close();
});

const one = { projectId: 'prj_1' };
const ask = (tx: Tx) => tx.execute(sql`select 1`);
/** As the driver hears of it from its socket. */
function breakConnection(tx: Tx): void {
  const { $client } = tx as unknown as { $client: { connection: EventEmitter } };
  $client.connection.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
}

test.each(['read', 'write', 'writeAtOnce', 'writeTogether'] as const)(
  'a %s that begins meanwhile is UNAVAILABLE, and the next one succeeds',
  async (verb) => {
    const broken = db[verb](one, (tx) => {
      breakConnection(tx);
      return ask(tx);
    });
    await expect(broken).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await db[verb](one, ask)).rows).toHaveLength(1);
    expect(unhandled).toEqual([]);
  },
);
