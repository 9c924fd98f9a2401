import { onCommit, Operations } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { tables } from '../kit.schema';
import { observeInstances } from './observe-instance';

let fixture: ComputeDatabase;
/** "changed <id> <state>" or "hint <id>", as watchers hear it. */
const told: string[] = [];
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.empty();
  told.length = 0;
});

const sighting = (hostId: string, instanceId: string, sequence: bigint, phase = 'running') => ({
  hostId,
  observed: {
    ...{ instanceId, sequence, phase, generation: 1, exitCode: 0, restartCount: 0 },
    ...{
      problemReason: '',
      problemPort: 0,
      problemMessage: '',
      progress: '',
      driver: '',
      startedAt: new Date('2026-11-22T10:00:00Z'),
    },
  },
});
const observe = (...sightings: ReturnType<typeof sighting>[]) => {
  const tell = (tx: Tx, words: string) => onCommit(tx, () => told.push(words));
  const d = {
    work: fixture.work,
    operations: new Operations(tables, { record: () => undefined }),
    changed: (tx: Tx, row: { id: string; state: string }) => tell(tx, `changed ${row.id} ${row.state}`),
    hint: (tx: Tx, row: { id: string }) => tell(tx, `hint ${row.id}`),
  };
  return fixture.db.write('system', (tx) => observeInstances(d, tx, sightings));
};
const stateOf = () =>
  fixture.database.query(
    'select state, reason, observed_generation as observed, version from compute.instance order by id',
  );
/** When the controller is to look at them, in whole seconds from now. */
const dueIn = async () =>
  (
    await fixture.database.query<{ s: number }>(
      'select round(extract(epoch from due_at - now()))::int as s from compute.work order by key',
    )
  ).map(({ s }) => s);
const stored = () =>
  fixture.database.query<{ phase: string; n: number }>(
    `select seen ->> 'phase' as phase, seen_sequence::int as n from compute.instance order by id`,
  );

it('keeps the newest of each, in whatever order they come, and says of which it was news', async () => {
  const [one = '', other = ''] = await fixture.addInstances(2, { hostId: 'host_1' });
  await observe(
    sighting('host_1', one, 2n, 'running'),
    sighting('host_1', one, 1n, 'creating'),
    sighting('host_1', other, 3n, 'pulling'),
  );
  expect(told.map((words) => words.split(' ')[1]).sort()).toEqual([one, other].sort());
  expect(await stored()).toEqual([
    { phase: 'running', n: 2 },
    { phase: 'pulling', n: 3 },
  ]);
  await observe(sighting('host_1', one, 2n, 'exited'));
  expect(told).toHaveLength(2);
  expect(await stored()).toMatchObject([{ phase: 'running' }, { phase: 'pulling' }]);
});

it('believes no host about what is placed on another', async () => {
  const [id = ''] = await fixture.addInstances(1, { hostId: 'host_1' });
  await observe(sighting('host_2', id, 9n), sighting('host_1', id, 1n));
  expect(told).toHaveLength(1);
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

describe('tells at once', () => {
  const placed = { hostId: 'host_1', state: 'starting', version: 3 } as const;

  it('that an instance runs, and has it looked at when that is certain', async () => {
    const [id = ''] = await fixture.addInstances(1, placed);
    await observe({ ...sighting('host_1', id, 1n), ...justStarted(id) });
    expect(await stateOf()).toEqual([{ state: 'running', reason: '', observed: 0, version: 4 }]);
    expect(told).toEqual([`changed ${id} running`]);
    expect(await dueIn()).toEqual([1]);
  });

  it('the end of an operation that this was the end of', async () => {
    const [id = ''] = await fixture.addInstances(1, { ...placed, desired: 'stopped', state: 'stopping' });
    await observe(sighting('host_1', id, 1n, 'exited'));
    expect(await stateOf()).toEqual([{ state: 'stopped', reason: '', observed: 1, version: 4 }]);
    expect(await dueIn()).toEqual([]);
  });

  it('nothing of one that has to be told something else: its controller does, now', async () => {
    const [id = ''] = await fixture.addInstances(1, { ...placed, generation: 2 });
    await observe(sighting('host_1', id, 1n));
    expect(await stateOf()).toEqual([{ state: 'starting', reason: '', observed: 0, version: 4 }]);
    expect(told).toEqual([`hint ${id}`]);
    expect(await dueIn()).toEqual([0]);
  });

  it('nothing of one whose host was given up', async () => {
    const [hostId = ''] = await fixture.addHosts(1, { state: 'dead' });
    const [id = ''] = await fixture.addInstances(1, { ...placed, hostId, onHostLoss: 'restart' });
    await observe(sighting(hostId, id, 1n));
    expect(await stateOf()).toMatchObject([{ state: 'starting' }]);
    expect(await dueIn()).toEqual([0]);
  });
});

const justStarted = (instanceId: string) => ({
  observed: { ...sighting('host_1', instanceId, 1n).observed, startedAt: new Date() },
});
