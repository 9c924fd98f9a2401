import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { reportAs } from '../fixtures/report-as';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(() => fixture.empty());

const beat = (aheadMs?: number) => ({
  $case: 'beat' as const,
  value: {
    driverProblem: '',
    armedFenceMs: 0,
    sentAt: aheadMs === undefined ? undefined : new Date(Date.now() + aheadMs),
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
