import { agentV1 } from '@thecloud/api';
import type { computeV1 } from '@thecloud/api';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { reportAs, reportThings } from '../fixtures/report-as';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(() => fixture.empty());

const beat = (aheadMs?: number, certificateEndsAt?: Date) => ({
  $case: 'beat' as const,
  value: {
    driverProblem: '',
    armedFenceMs: 0,
    sentAt: aheadMs === undefined ? undefined : new Date(Date.now() + aheadMs),
    certificateEndsAt,
  },
});
const beats = (aheadMs?: number) => [beat(aheadMs), beat(aheadMs), beat(aheadMs)];
const offset = async () =>
  (await fixture.database.query<{ ms: number }>('select clock_offset_ms as ms from compute.host'))[0]?.ms;

it('keeps how far the clock of a host is off, until a beat says otherwise', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const hour = 3_600_000;
  await reportAs(fixture, hostId, ...beats(hour));
  expect((await offset())! / hour).toBeCloseTo(1, 1);
  await reportAs(fixture, hostId, ...beats()); // from an agent that does not say when
  expect((await offset())! / hour).toBeCloseTo(1, 1);
  await reportAs(fixture, hostId, ...beats(-hour));
  expect((await offset())! / hour).toBeCloseTo(-1, 1);
});

it('keeps when its certificate ends, for as long as that is near', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const end = () => fixture.database.query('select certificate_ends_at as end from compute.host');
  const near = new Date('2030-01-01T00:00:00Z');
  await reportAs(fixture, hostId, beat(0, near));
  expect(await end()).toEqual([{ end: near }]);
  await reportAs(fixture, hostId, beat(0));
  expect(await end()).toEqual([{ end: null }]);
});

const hello = (agentEndpoint: string) => ({
  $case: 'hello' as const,
  value: {
    inventory: { agentEndpoint } as computeV1.HostInventory,
    armedFenceMs: 0,
    instances: [],
    unfencedDrivers: [],
  },
});
const endpoints = () =>
  fixture.database.query<{ id: string; at: string }>(
    'select id, agent_endpoint as at from compute.host order by id',
  );

it('has no two hosts reached at one address, as two that both believe to be 127.0.0.1', async () => {
  const [first = '', second = ''] = await fixture.addHosts(2);
  await reportAs(fixture, first, hello('127.0.0.1:7104'));
  await expect(reportAs(fixture, second, hello('127.0.0.1:7104'))).rejects.toMatchObject({
    reason: 'ENDPOINT_TAKEN',
    message: expect.stringContaining(`Host ${first} is reached at 127.0.0.1:7104.`) as unknown,
  });
  await reportAs(fixture, first, hello('127.0.0.1:7104')); // it comes back, and that is no conflict
  expect(await endpoints()).toEqual([
    { id: first, at: '127.0.0.1:7104' },
    { id: second, at: '' },
  ]);
});

it('gives the address of a host that is silent to another, as when a machine was replaced', async () => {
  const [silent = '', next = ''] = await fixture.addHosts(2);
  await reportAs(fixture, silent, hello('127.0.0.1:7104'));
  await fixture.database.query(`update compute.host set state = 'suspect' where id = '${silent}'`);
  await reportAs(fixture, next, hello('127.0.0.1:7104'));
  expect(await endpoints()).toEqual([
    { id: silent, at: '' },
    { id: next, at: '127.0.0.1:7104' },
  ]);
  await expect(reportAs(fixture, silent, hello('127.0.0.1:7104'))).rejects.toMatchObject({
    reason: 'ENDPOINT_TAKEN',
  });
});

it('tells all that is placed on it, which nothing else may run there', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const placed = await fixture.addInstances(3, { hostId });
  await fixture.addInstances(1);
  const [answer] = await reportAs(fixture, hostId, hello('10.0.0.1:7104'));
  expect(answer?.placed?.ids.sort()).toEqual(placed.sort());
  const [beaten] = await reportAs(fixture, hostId, beat());
  expect(beaten?.placed).toBeUndefined();
});

it('understands an agent of release 0.1.0, which reports instances here', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const [known = ''] = await fixture.addInstances(1, { hostId });
  const seen = (instanceId: string) =>
    agentV1.ObservedInstance.fromPartial({ instanceId, phase: 'running', generation: 1, sequence: 5n });
  const { value } = hello('10.0.0.1:7104');
  const old = { ...value, instances: [seen(known), seen('ins_stray')] };
  const [answer] = await reportAs(fixture, hostId, { $case: 'hello', value: old });
  expect(answer?.notHere).toEqual(['ins_stray']);
  const stored = 'select seen_sequence::int as at from compute.instance where seen is not null';
  expect(await fixture.database.query(stored)).toEqual([{ at: 5 }]);
});

const observed = (id: string, sequence: bigint, phase = 'absent') =>
  agentV1.Observed.fromPartial({ kind: 'instance', id, phase, generation: 1, sequence });
const seenBefore = {
  ...{ generation: 1, phase: 'running' as const, exitCode: 0, restartCount: 0 },
  ...{ problemReason: '', problemMessage: '', progress: '' },
};

it('stores reports of 100,000 records, says so, and asks again for what is there no longer', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const before = { hostId, seen: seenBefore, seenSequence: 7 };
  const [told = '', left = ''] = await fixture.addInstances(2, before);
  const page = (from: number) => ({
    observed: Array.from({ length: 500 }, (_, i) => observed(`ins_${from + i}`, BigInt(1_000 + from + i))),
    complete: false,
  });
  const pages = Array.from({ length: 200 }, (_, i) => page(500 * i));
  const last = { observed: [observed(told, 200_000n, 'running')], complete: true };
  const answers = await reportThings(fixture, hostId, { since: 900n }, ...pages, last);
  expect(answers.at(-1)?.stored).toBe(200_000n);
  const forgotten = 'select id from compute.instance where seen is null';
  expect(await fixture.database.query(forgotten)).toEqual([{ id: left }]);
  expect((await reportThings(fixture, hostId, { since: 900n }))[0]?.stored).toBe(200_000n);
});

it('forgets nothing before all is told', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  await fixture.addInstances(1, { hostId, seen: seenBefore, seenSequence: 7 });
  await reportThings(
    fixture,
    hostId,
    { since: 900n },
    { observed: [observed('ins_1', 1_000n)], complete: false },
  );
  expect(await fixture.database.query('select id from compute.instance where seen is null')).toEqual([]);
  await reportThings(fixture, hostId, { since: 900n }, { observed: [], complete: true });
  expect(await fixture.database.query('select id from compute.instance where seen is null')).toHaveLength(1);
});

it.each([
  ['a page before the opening', [{ observed: [], complete: true }]],
  ['a second opening', [{ since: 1n }, { since: 1n }]],
])('refuses %s', async (_what, said) => {
  const [hostId = ''] = await fixture.addHosts(1);
  await expect(reportThings(fixture, hostId, ...said)).rejects.toMatchObject({
    reason: 'REPORT_OUT_OF_ORDER',
  });
});
