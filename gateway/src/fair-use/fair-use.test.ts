import { createLogger, EventBus } from '@thecloud/service-kit';
import { eventually, testEngines, testPeer } from '@thecloud/testkit';
import type { TestEngines } from '@thecloud/testkit';
import { FairUse } from './fair-use';
import type { Leave } from './fair-use';
import type { Verdict } from './buckets';

jest.setTimeout(60_000);
const limits = {
  key: { perSecond: 10, burst: 20 },
  project: { perSecond: 1_000, burst: 30 },
  address: { perSecond: 1, burst: 5 },
  health: { perSecond: 1, burst: 2 },
  concurrent: {
    key: 1_000,
    project: 1_000,
    address: 1_000,
    streamsOfKey: 2,
    streamsOfProject: 3,
    served: 1_000,
  },
};
let now = 0;
const told: Verdict[] = [];
const fair = (change: Partial<typeof limits> = {}) =>
  new FairUse({ ...limits, ...change }, undefined, () => now);
const enter = (
  of: FairUse,
  key: string,
  { lasting = false, address = '192.0.2.1', public: open = false } = {},
) => {
  const headers = key ? { 'x-api-key': key } : {};
  return of.enter({ headers, address, lasting, public: open, tell: (v) => void told.push(v) });
};
/** Lets it in, as its credential is good. */
const known = async (of: FairUse, key: string, project = 'prj_1', more = {}): Promise<Leave> => {
  const leave = await enter(of, key, more);
  await of.ofProject(leave, project);
  return leave;
};
const reason = (promise: Promise<unknown>) =>
  promise.then(
    () => 'let in',
    (e: { reason: string; metadata: { what?: string } }) => `${e.reason} ${e.metadata.what}`,
  );
const admitted = async (of: FairUse, key: string, times: number) => {
  const said = await Promise.all(Array.from({ length: times }, () => reason(enter(of, key))));
  return said.filter((s) => s === 'let in').length;
};

it('a credential that floods is refused, and nobody else is', async () => {
  const some = fair();
  await known(some, 'cloud_flood');
  await known(some, 'cloud_quiet', 'prj_2');
  expect(await admitted(some, 'cloud_flood', 200)).toBe(20);
  expect(await reason(enter(some, 'cloud_flood'))).toBe('RATE_LIMITED credential');
  expect(await reason(known(some, 'cloud_quiet', 'prj_2'))).toBe('let in');
  expect(told.at(-1)).toMatchObject({ remaining: 19 });
  now += 1_000;
  expect(await admitted(some, 'cloud_flood', 200)).toBe(10);
});

it('many credentials of one project share its limit', async () => {
  const some = fair({ address: { perSecond: 1_000, burst: 1_000 } });
  const said = await Promise.all(Array.from({ length: 40 }, (_, i) => reason(known(some, `cloud_key${i}`))));
  expect(said.filter((s) => s === 'let in')).toHaveLength(30);
  expect(said.filter((s) => s === 'RATE_LIMITED project')).toHaveLength(10);
  expect(await reason(known(some, 'cloud_other', 'prj_2'))).toBe('let in');
});

it('who shows no credential, or others each time, is limited by address', async () => {
  const some = fair();
  await known(some, 'cloud_known', 'prj_1', { address: '192.0.2.9' });
  expect(await admitted(some, '', 20)).toBe(5);
  expect(await reason(enter(some, 'cloud_guess1'))).toBe('RATE_LIMITED address');
  expect(await reason(enter(some, 'cloud_known'))).toBe('let in'); // vouched for, so with a limit of its own
  expect(await reason(enter(some, 'cloud_known', { public: true }))).toBe('RATE_LIMITED address');
  expect(await reason(enter(some, '', { address: '192.0.2.2' }))).toBe('let in');
});

it('a look at our health is limited by itself: no request keeps it out, and it keeps none out', async () => {
  const some = fair();
  const probe = (address: string) => reason(some.probe({ address, tell: (v) => void told.push(v) }));
  expect(await admitted(some, '', 20)).toBe(5);
  expect(await probe('192.0.2.1')).toBe('let in');
  expect(await probe('192.0.2.1')).toBe('let in');
  expect(told.at(-1)).toMatchObject({ remaining: 0 });
  expect(await probe('192.0.2.1')).toBe('RATE_LIMITED address');
  expect(await probe('192.0.2.2')).toBe('let in');
  now += 1_000;
  expect(await probe('192.0.2.1')).toBe('let in');
  expect(await reason(enter(some, ''))).toBe('let in');
});

it('only so many requests and streams are under way at a time', async () => {
  const concurrent = { key: 2, project: 3, address: 3, streamsOfKey: 2, streamsOfProject: 3, served: 1_000 };
  const some = fair({ concurrent, address: { perSecond: 1_000, burst: 1_000 } });
  const stream = { lasting: true };
  for (const key of ['cloud_a', 'cloud_b', 'cloud_c']) (await known(some, key)).release();
  const [first, second] = [await known(some, 'cloud_a'), await known(some, 'cloud_a')];
  expect(await reason(known(some, 'cloud_a'))).toBe('TOO_MANY_AT_ONCE requests');
  first.release();
  const third = await known(some, 'cloud_a');
  const fourth = await known(some, 'cloud_b');
  expect(await reason(known(some, 'cloud_c'))).toBe('TOO_MANY_AT_ONCE requests'); // of the project
  for (const leave of [second, third, fourth]) leave.release();
  const open = [await known(some, 'cloud_a', 'prj_1', stream), await known(some, 'cloud_a', 'prj_1', stream)];
  expect(await reason(known(some, 'cloud_a', 'prj_1', stream))).toBe(
    'TOO_MANY_AT_ONCE streams, uploads and waits',
  );
  await known(some, 'cloud_b', 'prj_1', stream);
  expect(await reason(known(some, 'cloud_c', 'prj_1', stream))).toBe(
    'TOO_MANY_AT_ONCE streams, uploads and waits',
  );
  for (const leave of open) leave.release();
  expect(await reason(known(some, 'cloud_c', 'prj_1', stream))).toBe('let in');
});

it('a credential just vouched for counts by itself, and its address no more', async () => {
  const concurrent = { key: 2, project: 9, address: 1, streamsOfKey: 2, streamsOfProject: 3, served: 1_000 };
  const some = fair({ concurrent });
  const first = await enter(some, 'cloud_new');
  expect(await reason(enter(some, 'cloud_newer'))).toBe('TOO_MANY_AT_ONCE requests');
  await some.ofProject(first, 'prj_1');
  expect(await reason(enter(some, 'cloud_newer'))).toBe('let in');
  await known(some, 'cloud_new');
  expect(await reason(enter(some, 'cloud_new'))).toBe('TOO_MANY_AT_ONCE requests');
});

describe('two replicas', () => {
  let engines: TestEngines;
  const buses: EventBus[] = [];
  beforeAll(async () => {
    engines = await testEngines();
    const log = createLogger({ service: 'test', level: 'silent' });
    const certificates = await testPeer(engines, 'gateway');
    for (let i = 0; i < 2; i++) buses.push(new EventBus(engines.natsUrl, certificates, log));
    await eventually('NATS', () => buses.every((bus) => bus.connected()));
  });
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await engines.close();
  });

  it('let through one limit together, and each alone while NATS is away', async () => {
    const replicas = buses.map((bus) => new FairUse(limits, bus, () => now)); // no time passes: nothing is refilled
    const [here, there] = replicas as [FairUse, FairUse];
    // What one tells comes to the other in order, so whoever has heard a marker has heard all before it.
    const [spoken, marked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    buses[1]?.hear('gateway.spent', (body) => body.includes(',15]') && spoken.resolve());
    buses[1]?.hear('test.marker', () => marked.resolve());
    for (const replica of replicas) await known(replica, 'cloud_both');

    expect(await admitted(here, 'cloud_both', 15)).toBe(15);
    await spoken.promise;
    buses[0]?.tell('test.marker', '');
    await marked.promise;
    expect(await admitted(there, 'cloud_both', 100)).toBe(5);

    await engines.nats.stop();
    expect(await admitted(here, 'cloud_alone', 1)).toBe(1);
    for (const replica of replicas) await known(replica, 'cloud_alone', 'prj_3');
    expect(await admitted(here, 'cloud_alone', 100)).toBe(20);
    expect(await admitted(there, 'cloud_alone', 100)).toBe(20);
    await engines.nats.start();
    for (const replica of replicas) replica.close();
  });
});
