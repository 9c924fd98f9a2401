import { runInThisContext } from 'node:vm';
import { migrationsFolder } from '@thecloud/compute';
import { eventually, ownPostgres, testDatabase } from '@thecloud/testkit';
import type { TestDatabase, TestPostgres } from '@thecloud/testkit';
import { type Engine, identify } from '@thecloud/engines';
import { sql } from 'drizzle-orm';
import { createLogger } from '../log';
import type { Tx } from './connection';
import { Database } from './database';

/**
 * kill -9 of a backend of a busy service, soon and late after it has come back: PostgreSQL then ends all others, and starts anew by itself.
 * Whoever asks is told within the time that a statement has, no promise is left behind, and then everything works.
 */
jest.setTimeout(180_000);
/** A backend is killed when so many questions were answered since the one before. */
const KILLED_AFTER = [50, 1, 2, 3, 5, 8, 13, 21, 34, 55];
const VERBS = ['read', 'write', 'writeAtOnce', 'writeTogether'] as const;
const ASKERS_OF_EACH = 4;
/** What one question may take: PostgreSQL's own recovery, and a statement's deadline. */
const ANSWERED_WITHIN_MS = 45_000;

let server: TestPostgres & { readonly engine: Engine };
let database: TestDatabase;
let db: Database;
const realProcess = runInThisContext('process') as NodeJS.Process;
const unhandled: unknown[] = [];
const note = (cause: unknown) => void unhandled.push(cause);

beforeAll(async () => {
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) realProcess.on(event, note);
  server = await ownPostgres();
  database = await testDatabase('compute', migrationsFolder, Promise.resolve(server));
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  await server.engine.destroy();
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) realProcess.off(event, note);
});

const scope = { projectId: 'prj_1' };
const ask = (tx: Tx) => tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid, pg_sleep(0.002)`);
const within = <T>(promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it was never answered')), ANSWERED_WITHIN_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

it('is survived by everything that asks meanwhile', async () => {
  let going = true;
  let refused = 0;
  const pids: number[] = [];
  const failures = new Map<string, number>();
  const asker = async (verb: (typeof VERBS)[number]) => {
    while (going)
      await within(db[verb](scope, ask)).then(
        ({ rows: [row] }) => pids.push(row!.pid),
        (cause: { code?: string; message: string }) => {
          refused += 1;
          const told = cause.code ?? cause.message;
          failures.set(told, (failures.get(told) ?? 0) + 1);
        },
      );
  };
  const askers = VERBS.flatMap((verb) => Array.from({ length: ASKERS_OF_EACH }, () => asker(verb)));
  for (const answers of KILLED_AFTER) {
    pids.length = 0;
    // One of those that answer now: the answer of one that has died since may still come in.
    const pid = await eventually(`${answers} answers`, () =>
      pids.length >= answers ? pids.findLast((one) => identify(one)) : undefined,
    );
    const before = refused;
    process.kill(pid, 'SIGKILL');
    await eventually('the askers notice', () => refused > before);
  }
  pids.length = 0;
  await eventually('all goes on at the end', () => pids.length > 50);
  going = false;
  await Promise.all(askers);
  expect([...failures.keys()]).toEqual(['UNAVAILABLE']);
  expect(unhandled).toEqual([]);
});
