import { eq, sql } from 'drizzle-orm';
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

/** All events in the stream, in order; those of a message together. */
const messages = () =>
  withNats(async (connection) => {
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info('EVENTS');
    const all: Published[][] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage('EVENTS', { seq });
      if (message.subject !== PROBE) all.push(JSON.parse(message.string()) as Published[]);
    }
    return all;
  });
const stream = async () => (await messages()).flat();
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
const anotherSays = (subjects: string[], state = '') =>
  database.query('insert into compute.outbox (id, project_id, events) values ($1, $2, $3)', [
    ...[newId('event'), 'prj_1'],
    JSON.stringify(subjects.map((subject) => thing(subject, state))),
  ]);

it('publishes what another replica left behind', async () => {
  const before = await published();
  await anotherSays(['left']);
  await drained();
  expect(await published()).toEqual([...before, 'left']);
});

it('publishes nothing of a resource before what another replica committed of it earlier', async () => {
  const before = (await publishedStates()).length;
  await anotherSays(['of another'], 'first');
  await anotherSays(['shared', 'of another'], 'second');
  await db.write('system', (tx) => Promise.resolve(emit(tx, tables, 'compute', thing('shared', 'third'))));
  await drained();
  expect((await publishedStates()).slice(before)).toEqual(['first', 'second', 'second', 'third']);
});

it('keeps the order of each resource, and loses and doubles nothing, whenever NATS goes away', async () => {
  const before = (await stream()).length;
  const resources = ['a', 'b', 'c'];
  /** The nth transaction is of some of them. */
  const of = (n: number) => resources.filter((_, bit) => ((n % 7) + 1) & (1 << bit));
  for (let n = 0; n < 600; n++) {
    await db.write('system', (tx) => {
      for (const subject of of(n)) emit(tx, tables, 'compute', thing(subject, `${n}`));
      return Promise.resolve();
    });
    if (n === 100) await engines.nats.stop();
    if (n === 400) await engines.nats.start();
  }
  await drained();
  const after = (await stream()).slice(before);
  const statesOf = (resource: string) =>
    after.filter((e) => e.subject === resource).map((e) => +e.data.state);
  const all = Array.from({ length: 600 }, (_, n) => n);
  for (const resource of resources)
    expect(statesOf(resource)).toEqual(all.filter((n) => of(n).includes(resource)));
});

it('keeps the order of each resource when two replicas change it in turn', async () => {
  const before = (await stream()).length;
  const resources = ['x', 'y', 'z'];
  await db.write('system', (tx) =>
    tx.insert(tables.leader).values(resources.map((controller) => ({ controller, epoch: 0n }))),
  );
  const { url, password, ca } = database;
  const others = kitTables(pgSchema('compute'));
  const otherDb = new Database({ url, password, ca, log });
  const otherBus = new EventBus(engines.natsUrl, files, log, bus.retention);
  const otherRelay = new OutboxRelay(otherDb, others, otherBus, log);
  /** Counts up one of them: its row is locked until the event is committed. */
  const change = (on: Database, of: typeof tables, resource: string) =>
    on.write('system', async (tx) => {
      const [row] = await tx
        .update(of.leader)
        .set({ epoch: sql`${of.leader.epoch} + 1` })
        .where(eq(of.leader.controller, resource))
        .returning();
      emit(tx, of, 'compute', thing(resource, `${row?.epoch}`));
    });
  const inTurn = async (on: Database, of: typeof tables, resource: string) => {
    for (let n = 0; n < 100; n++) await change(on, of, resource);
  };
  try {
    await Promise.all(resources.flatMap((r) => [inTurn(db, tables, r), inTurn(otherDb, others, r)]));
    await drained();
  } finally {
    await otherRelay.close();
    await otherBus.close();
    await otherDb.close();
  }
  const after = (await stream()).slice(before);
  for (const resource of resources)
    expect(after.filter((e) => e.subject === resource).map((e) => +e.data.state)).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 1),
    );
});

it("publishes a transaction's events by one message a project, or as many as it takes", async () => {
  const before = (await messages()).length;
  const some = Array.from({ length: 10 }, (_, n) => thing(`${n}`, 'x'.repeat(20_000)));
  await db.write('system', (tx) => {
    for (const event of some) emit(tx, tables, 'compute', event);
    emit(tx, tables, 'compute', { ...thing('big', 'x'.repeat(100_000)), projectId: 'prj_2' });
    emit(tx, tables, 'compute', { ...thing('mine'), projectId: 'prj_2' });
    emit(tx, tables, 'compute', { ...thing('host'), projectId: '' });
    return Promise.resolve();
  });
  await drained();
  const subjects = (await messages()).slice(before).map((events) => events.map(({ subject }) => subject));
  expect(subjects).toEqual([
    ...[['0', '1', '2'], ['3', '4', '5'], ['6', '7', '8'], ['9']],
    ...[['big'], ['mine'], ['host']],
  ]);
});

it('repeats an event only in transport: its id makes it one', async () => {
  const before = await published();
  // As after a crash between publishing and marking.
  await database.query("update compute.outbox set published_at = null where events->0->>'subject' = 'five'");
  await drained();
  expect(await published()).toEqual(before);
});

it('does not repeat one even when the stream has long forgotten its id', async () => {
  const before = await published();
  await forgotten();
  await database.query(
    "update compute.outbox set published_at = null, created_at = created_at - interval '1 hour' where events->0->>'subject' in ('four', 'five')",
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
  expect((await publishedStates()).at(-1)).toBe('done');
});

it('does not commit a transaction whose events cannot be written', async () => {
  const broken = db.write({ projectId: 'prj_1' }, async (tx) => {
    await firstTime(tx, tables, 'metering', 'evt_2');
    emit(tx, tables, 'compute', { ...thing('nine'), projectId: 'prj_2' }); // of another's project
  });
  await expect(broken).rejects.toThrow();
  expect(await db.write('system', (tx) => firstTime(tx, tables, 'metering', 'evt_2'))).toBe(true);
});

it('lets a consumer take an event in once', async () => {
  const take = () => db.write('system', (tx) => firstTime(tx, tables, 'metering', 'evt_1'));
  expect(await take()).toBe(true);
  expect(await take()).toBe(false);
});
