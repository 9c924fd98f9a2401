import { pgSchema } from 'drizzle-orm/pg-core';
import { connect } from 'nats';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase, testEngines, testPeer } from '@thecloud/testkit';
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
  bus = new EventBus(engines.natsUrl, files, log);
  relay = new OutboxRelay(db, tables, bus, log);
});
afterAll(async () => {
  await relay.close();
  await bus.close();
  await db.close();
  await database.close();
  await engines.close();
});

const say = (subject: string) =>
  db.write('system', (tx) =>
    emit(tx, tables, 'compute', { type: 'thecloud.thing.changed', subject, projectId: 'prj_1', data: {} }),
  );
const unpublished = async () =>
  (
    await database.query<{ n: number }>(
      'select count(*)::int as n from compute.outbox where published_at is null',
    )
  )[0]?.n;

async function drained(): Promise<void> {
  const giveUp = Date.now() + 30_000;
  while ((await unpublished()) !== 0) {
    if (Date.now() > giveUp) throw new Error('events are still waiting');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Subjects of all events in the stream, in order. */
async function published(): Promise<string[]> {
  const connection = await connect({
    servers: engines.natsUrl,
    tls: { caFile: files.caFile, certFile: files.certFile, keyFile: files.keyFile },
  });
  try {
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info('EVENTS');
    const subjects: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage('EVENTS', { seq });
      subjects.push((JSON.parse(message.string()) as { subject: string }).subject);
    }
    return subjects;
  } finally {
    await connection.close();
  }
}

it('publishes what was committed, in order, and nothing that was rolled back', async () => {
  for (const subject of ['one', 'two', 'three']) await say(subject);
  await expect(
    db.write('system', async (tx) => {
      await emit(tx, tables, 'compute', {
        type: 'thecloud.thing.changed',
        subject: 'undone',
        projectId: 'prj_1',
        data: {},
      });
      throw new Error('no');
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

it('repeats an event only in transport: its id makes it one', async () => {
  const before = await published();
  // As after a crash between publishing and marking.
  await database.query("update compute.outbox set published_at = null where event->>'subject' = 'five'");
  await drained();
  expect(await published()).toEqual(before);
});

it('lets a consumer take an event in once', async () => {
  const take = () => db.write('system', (tx) => firstTime(tx, tables, 'metering', 'evt_1'));
  expect(await take()).toBe(true);
  expect(await take()).toBe(false);
});
