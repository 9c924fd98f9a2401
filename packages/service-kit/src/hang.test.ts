import { sql } from 'drizzle-orm';
import { migrationsFolder } from '@thecloud/compute';
import { eventually, hang, Relay, testDatabase, testEngines, testPeer } from '@thecloud/testkit';
import type { TestDatabase, TestEngines } from '@thecloud/testkit';
import type { CertificateFiles } from './certificates/certificate-files';
import { Database } from './db/database';
import { Announcement, enableDiscovery, followReplicas } from './etcd/discovery';
import { currentEtcd } from './service';
import { watchPrefix } from './etcd/etcd';
import { DEFAULT_RETENTION, EventBus } from './events/nats';
import { createLogger } from './log';

/** An engine that hangs keeps its connections and answers nothing: every call ends all the same, and all goes on after. */
jest.setTimeout(120_000);
const log = createLogger({ service: 'test', level: 'silent' });
let engines: TestEngines;
let files: CertificateFiles;
let database: TestDatabase;

beforeAll(async () => {
  engines = await testEngines();
  files = await testPeer(engines, 'compute');
  database = await testDatabase('compute', migrationsFolder);
});
afterAll(async () => {
  await database.close();
  await engines.close();
});

/** How a call ends, and within which time, in ms. */
async function ending(call: Promise<unknown>, withinMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`still waiting after ${withinMs} ms`), withinMs);
  });
  const answer = call.then(
    () => 'answered',
    () => 'failed',
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

it('etcd: calls and new watches fail in time; replicas stay known, also when all announcements have run out', async () => {
  const etcd = currentEtcd(engines.etcdEndpoints, files);
  const stop = enableDiscovery(etcd);
  const announcement = new Announcement(etcd, 'hung', 'one', '127.0.0.1:1', log);
  const told: Array<readonly string[]> = [];
  followReplicas('hung', (addresses) => told.push(addresses));
  await eventually('it is announced', () => told.at(-1)?.includes('127.0.0.1:1'));
  told.splice(0);
  const goOn = hang(engines.etcd.pid());
  try {
    const calls = {
      get: etcd().get('x').string(),
      put: etcd().put('x').value('y').exec(),
      lease: etcd().lease(5, { autoKeepAlive: false }).grant(),
      watch: watchPrefix(etcd(), 'x'),
    };
    const ends = Object.entries(calls).map(async ([name, call]) => [name, await ending(call, 6_000)]);
    expect(Object.fromEntries(await Promise.all(ends))).toEqual({
      ...{ get: 'failed', put: 'failed', lease: 'failed', watch: 'failed' },
    });
  } finally {
    goOn();
  }
  await eventually('etcd answers', () =>
    etcd()
      .get('x')
      .string()
      .then(
        () => true,
        () => false,
      ),
  );
  // As after a longer stop: every lease is gone at once, and its holder announces itself again.
  await etcd().delete().prefix('thecloud/services/hung/').exec();
  await etcd().put('thecloud/services/hung/one').value('127.0.0.1:1').exec();
  expect(told.every((addresses) => addresses.length === 1)).toBe(true);
  await announcement.close();
  await etcd().delete().prefix('thecloud/services/hung/').exec();
  await eventually('one that has left is forgotten', () => told.at(-1)?.length === 0);
  stop();
  etcd().close();
});

it('NATS: a publication fails in time; the connection counts as away, and comes back', async () => {
  const bus = new EventBus(engines.natsUrl, files, log, DEFAULT_RETENTION);
  await eventually('connected', () => bus.connected());
  const goOn = hang(engines.nats.pid());
  try {
    expect(await ending(bus.publish('events.prj_1.thing', 'id-1', '{}'), 5_000)).toBe('failed');
    await eventually('it is noticed', () => !bus.connected(), 20_000);
  } finally {
    goOn();
  }
  await eventually('it is back', () => bus.connected());
  expect(await ending(bus.publish('events.prj_1.thing', 'id-2', '{}'), 5_000)).toBe('answered');
  await bus.close();
});

it('PostgreSQL: reads, writes and the look whether it answers fail in time, and its pool is usable afterwards', async () => {
  const relay = new Relay(() => Number(new URL(database.url).port));
  await relay.mend();
  const { password, ca } = database;
  const url = database.url.replace(/:\d+\//, `:${relay.port}/`);
  const db = new Database({ url, password, ca, log, max: 4, statementMs: 500 });
  const read = () => db.read('system', (tx) => tx.execute(sql`select 1`));
  const write = () => db.write('system', (tx) => tx.execute(sql`select 1`));
  await Promise.all([read(), write()]);
  relay.freeze();
  try {
    const ends = await Promise.all(
      [read(), write(), db.ready().then((yes) => yes || Promise.reject(new Error('it does not answer')))].map(
        (call) => ending(call, 6_000),
      ),
    );
    expect(ends).toEqual(['failed', 'failed', 'failed']);
  } finally {
    relay.thaw();
  }
  expect(await ending(read(), 5_000)).toBe('answered');
  expect(await ending(write(), 5_000)).toBe('answered');
  await db.close();
  await relay.cut();
});
