import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { observeInstances } from './observe-instance';

let fixture: ComputeDatabase;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(() => fixture.empty());

const sighting = (hostId: string, instanceId: string, sequence: bigint, phase = 'running') => ({
  hostId,
  observed: {
    ...{ instanceId, sequence, phase, generation: 1, exitCode: 0, restartCount: 0 },
    ...{ problemReason: '', problemMessage: '', progress: '', startedAt: new Date('2026-11-22T10:00:00Z') },
  },
});
const observe = (...sightings: ReturnType<typeof sighting>[]) =>
  fixture.db.write('system', (tx) => observeInstances(tx, sightings));
const stored = () =>
  fixture.database.query<{ phase: string; n: number }>(
    `select seen ->> 'phase' as phase, seen_sequence::int as n from compute.instance order by id`,
  );

it('keeps the newest of each, in whatever order they come, and says of which it was news', async () => {
  const [one = '', other = ''] = await fixture.addInstances(2, { hostId: 'host_1' });
  const news = await observe(
    sighting('host_1', one, 2n, 'running'),
    sighting('host_1', one, 1n, 'creating'),
    sighting('host_1', other, 3n, 'pulling'),
  );
  expect(news.map(({ id }) => id).sort()).toEqual([one, other].sort());
  expect(await stored()).toEqual([
    { phase: 'running', n: 2 },
    { phase: 'pulling', n: 3 },
  ]);
  expect(await observe(sighting('host_1', one, 2n, 'exited'))).toEqual([]);
  expect(await stored()).toMatchObject([{ phase: 'running' }, { phase: 'pulling' }]);
});

it('believes no host about what is placed on another', async () => {
  const [id = ''] = await fixture.addInstances(1, { hostId: 'host_1' });
  expect(await observe(sighting('host_2', id, 9n), sighting('host_1', id, 1n))).toMatchObject([{ id }]);
  expect(await stored()).toEqual([{ phase: 'running', n: 1 }]);
});

it('stores many at once from many sides without anybody waiting in a ring', async () => {
  const ids = await fixture.addInstances(100, { hostId: 'host_1' });
  const rounds = Array.from({ length: 8 }, (_, n) => {
    const order = n % 2 === 0 ? ids : [...ids].reverse();
    return observe(...order.map((id) => sighting('host_1', id, BigInt(n + 1))));
  });
  await Promise.all(rounds);
  const rows = await stored();
  expect(new Set(rows.map(({ n }) => n))).toEqual(new Set([8]));
});
