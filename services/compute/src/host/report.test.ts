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
