import { agentV1 } from '@thecloud/api';
import type { computeV1 } from '@thecloud/api';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { reportAs } from '../fixtures/report-as';

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
    more: false,
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

it('takes a hello of 100,000 records, in pieces, and asks again for what it leaves out', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const seen = { generation: 1, phase: 'running' as const, exitCode: 0, restartCount: 0 };
  const placed = { hostId, seen: { ...seen, problemReason: '', problemMessage: '', progress: '' } };
  const [told = '', left = ''] = await fixture.addInstances(2, placed);
  const page = (from: number) =>
    Array.from({ length: 500 }, (_, i) =>
      agentV1.ObservedInstance.fromPartial({ instanceId: `ins_${from + i}`, phase: 'absent', sequence: 1n }),
    );
  const stray = agentV1.ObservedInstance.fromPartial({ instanceId: 'ins_stray', phase: 'running' });
  const first = { ...hello('10.0.0.1:7104').value, instances: [stray], more: true };
  const rest = Array.from({ length: 200 }, (_, i) => ({
    $case: 'rest' as const,
    value: { instances: page(500 * i), more: true },
  }));
  const known = agentV1.ObservedInstance.fromPartial({ instanceId: told, phase: 'running', generation: 1 });
  const last = { $case: 'rest' as const, value: { instances: [known], more: false } };
  const answers = await reportAs(fixture, hostId, { $case: 'hello', value: first }, ...rest, last);
  expect(answers).toHaveLength(1);
  expect(answers[0]?.notHere).toEqual(['ins_stray']);
  const forgotten = 'select id from compute.instance where seen is null';
  expect(await fixture.database.query(forgotten)).toEqual([{ id: left }]);
});

it.each([
  [
    'a beat between the pieces',
    [{ $case: 'hello' as const, value: { ...hello('').value, more: true } }, beat()],
  ],
  ['a piece without a beginning', [{ $case: 'rest' as const, value: { instances: [], more: false } }]],
])('refuses %s', async (_what, reports) => {
  const [hostId = ''] = await fixture.addHosts(1);
  await expect(reportAs(fixture, hostId, ...reports)).rejects.toMatchObject({ reason: 'HELLO_UNFINISHED' });
});
