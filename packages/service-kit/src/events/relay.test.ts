import { pgSchema } from 'drizzle-orm/pg-core';
import { randomUUID } from 'node:crypto';
import { connect } from 'nats';
import type { NatsConnection } from 'nats';
import { newId } from '@thecloud/kernel';
import { migrationsFolder } from '@thecloud/compute';
import { eventually, testDatabase, testEngines, testPeer } from '@thecloud/testkit';
import type { TestDatabase, TestEngines } from '@thecloud/testkit';
import type { CertificateFiles } from '../certificates/certificate-files';
import { Database } from '../db/database';
import { emit } from '../db/events';
import { kitTables } from '../db/tables';
import { createLogger } from '../log';
import { firstTime } from './inbox';
import { EventBus } from './nats';
import { OutboxRelay } from './relay';

jest.setTimeout(60_000);
const tables = kitTables(pgSchema('compute'));
const log = createLogger({ service: 'test', level: 'silent' });
let engines: TestEngines;
let database: TestDatabase;
let files: CertificateFiles;
let db: Database;
let bus: EventBus;
let relay: OutboxRelay;

beforeAll(async () => {
  engines = await testEngines();
  database = await testDatabase('compute', migrationsFolder);
  files = await testPeer(engines, 'compute');
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log });
  bus = new EventBus(engines.natsUrl, files, log, { hours: 1, mib: 64, dedupSeconds: 1 });
  relay = new OutboxRelay(db, tables, bus, log);
});
afterAll(async () => {
  await relay.close();
  await bus.close();
  await db.close();
  await database.close();
  await engines.close();
});

const thing = (subject: string, state = '') => ({
  type: 'thecloud.image.changed' as const,
  subject,
  projectId: 'prj_1',
  data: { state },
});
const say = (...subjects: string[]) =>
  db.write('system', (tx) => {
    for (const subject of subjects) emit(tx, tables, 'compute', thing(subject));
    return Promise.resolve();
  });
const unpublished = async () =>
  (
    await database.query<{ n: number }>(
      'select count(*)::int as n from compute.outbox where published_at is null',
    )
  )[0]?.n;

const drained = () => eventually('an empty outbox', async () => (await unpublished()) === 0);

/** Does something with a connection of the test's own. */
async function withNats<T>(fn: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const { caFile, certFile, keyFile } = files;
  const connection = await connect({ servers: engines.natsUrl, tls: { caFile, certFile, keyFile } });
  return fn(connection).finally(() => connection.close());
}

interface Published {
  readonly subject: string;
  readonly data: { readonly state: string };
}

/** All events in the stream, in order. */
const stream = () =>
  withNats(async (connection) => {
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info('EVENTS');
    const events: Published[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage('EVENTS', { seq });
      if (message.subject !== PROBE) events.push(JSON.parse(message.string()) as Published);
    }
    return events;
  });
const published = async () => (await stream()).map(({ subject }) => subject);
const publishedStates = async () => (await stream()).map(({ data }) => data.state);

const PROBE = 'events.platform.probe';
/** Waits until the stream has forgotten the ids of what was published before. */
const forgotten = () =>
  withNats(async (connection) => {
    const id = randomUUID();
    const say = () => connection.jetstream().publish(PROBE, '', { msgID: id });
    await say();
    await eventually('a stream that has forgotten the id', async () => !(await say()).duplicate);
  });

it('publishes what was committed, in order, and nothing that was rolled back', async () => {
  for (const subject of ['one', 'two', 'three']) await say(subject);
  await expect(
    db.write('system', (tx) => {
      emit(tx, tables, 'compute', thing('undone'));
      return Promise.reject(new Error('no'));
    }),
  ).rejects.toThrow('no');
  await drained();
  expect(await published()).toEqual(['one', 'two', 'three']);
});

it('keeps events while NATS is away, and publishes each once when it is back', async () => {
  await engines.nats.stop();
  for (const subject of ['four', 'five']) await say(subject);
  expect(await unpublished()).toBe(2);
  await engines.nats.start();
  await drained();
  expect((await published()).slice(3)).toEqual(['four', 'five']);
});

/** As another replica of the service commits an event, which its own relay has not published yet. */
const anotherSays = (subject: string, state = '') =>
  database.query(`insert into compute.outbox (id, project_id, subject, event)
    values ('${newId('event')}', 'prj_1', 'events.prj_1.thecloud.image.changed',
            '${JSON.stringify({ ...thing(subject, state), data: { state } })}')`);

it('publishes what another replica left behind', async () => {
  const before = await published();
  await anotherSays('left');
  await drained();
  expect(await published()).toEqual([...before, 'left']);
});

it('publishes nothing of a resource before what another replica committed of it earlier', async () => {
  const before = (await publishedStates()).length;
  await anotherSays('shared', 'first');
  await db.write('system', (tx) => Promise.resolve(emit(tx, tables, 'compute', thing('shared', 'second'))));
  await drained();
  expect((await publishedStates()).slice(before)).toEqual(['first', 'second']);
});

it('keeps the order of a resource, and loses and doubles nothing, whenever NATS goes away', async () => {
  const before = (await publishedStates()).length;
  const states = Array.from({ length: 600 }, (_, n) => `${n}`);
  for (const [n, state] of states.entries()) {
    await db.write('system', (tx) => Promise.resolve(emit(tx, tables, 'compute', thing('busy', state))));
    if (n === 100) await engines.nats.stop();
    if (n === 400) await engines.nats.start();
  }
  await drained();
  expect((await publishedStates()).slice(before)).toEqual(states);
});

it('repeats an event only in transport: its id makes it one', async () => {
  const before = await published();
  // As after a crash between publishing and marking.
  await database.query("update compute.outbox set published_at = null where event->>'subject' = 'five'");
  await drained();
  expect(await published()).toEqual(before);
});

it('does not repeat one even when the stream has long forgotten its id', async () => {
  const before = await published();
  await forgotten();
  await database.query(
    "update compute.outbox set published_at = null, created_at = created_at - interval '1 hour' where event->>'subject' in ('four', 'five')",
  );
  await say('six');
  await drained();
  expect(await published()).toEqual([...before, 'six']);
});

it('says once what happened to one thing several times in a transaction', async () => {
  const before = await published();
  await db.write('system', (tx) => {
    for (const [subject, state] of [
      ['seven', 'begun'],
      ['eight', ''],
      ['seven', 'done'],
    ] as const)
      emit(tx, tables, 'compute', thing(subject, state));
    return Promise.resolve();
  });
  await drained();
  expect(await published()).toEqual([...before, 'eight', 'seven']);
  const [row] = await database.query<{ state: string }>(
    "select event->'data'->>'state' as state from compute.outbox where event->>'subject' = 'seven'",
  );
  expect(row).toEqual({ state: 'done' });
});

it('does not commit a transaction whose events cannot be written', async () => {
  const broken = db.write('system', async (tx) => {
    await firstTime(tx, tables, 'metering', 'evt_2');
    emit(tx, tables, 'compute', thing('nine', '\0')); // no text to PostgreSQL
  });
  await expect(broken).rejects.toThrow();
  expect(await db.write('system', (tx) => firstTime(tx, tables, 'metering', 'evt_2'))).toBe(true);
});

it('lets a consumer take an event in once', async () => {
  const take = () => db.write('system', (tx) => firstTime(tx, tables, 'metering', 'evt_1'));
  expect(await take()).toBe(true);
  expect(await take()).toBe(false);
});
