import { onCommit, Operations } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import { computeDatabase, EPOCH } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { tables } from '../kit.schema';
import type { Plan } from './instance.plan';
import { instanceRepo } from './instance.repo';
import type { InstanceView } from './instance.repo';
import { Saves } from './instance.saves';

let fixture: ComputeDatabase;
let saves: Saves;
const told: string[] = [];
beforeAll(async () => {
  fixture = await computeDatabase();
  const changed = (tx: Tx, row: { id: string; version: number; state: string }) => {
    onCommit(tx, () => told.push(`${row.id} ${row.state} ${row.version}`));
  };
  saves = new Saves('instance', {
    work: fixture.work,
    operations: new Operations(tables, { record: () => undefined }),
    changed,
    hint: (tx, row) => onCommit(tx, () => told.push(`${row.id} is looked at`)),
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.empty();
  told.length = 0;
});

const starting: Plan = { action: 'apply', state: 'starting', reason: '', message: '', step: 'start' };
const running: Plan = { action: 'none', state: 'running', reason: '', message: '', outcome: 'succeeded' };

/** Instances with an operation each, as a create leaves them. */
async function created(count: number): Promise<InstanceView[]> {
  const ids = await fixture.addInstances(count);
  await fixture.database.query(`
    insert into compute.operation (id, project_id, kind, resource_id, requested_by, request_id, state, steps)
    select 'op_' || id, project_id, 'instance.create', id, '', '', 'running',
           '[{"name": "place", "state": "running", "message": "", "startedAt": "2026-11-22T10:00:00Z"}]' from compute.instance;
    update compute.instance set operation_id = 'op_' || id`);
  const rows = await Promise.all(
    ids.map((id) => fixture.db.read('system', (tx) => instanceRepo.find(tx, id))),
  );
  return rows.flatMap((row) => row ?? []);
}
const operations = () =>
  fixture.database.query<{ state: string; steps: string[] }>(
    `select state, jsonb_path_query_array(steps, '$[*].name') as steps from compute.operation order by id`,
  );

it('saves many together, each with its operation, and tells of each', async () => {
  const rows = await created(3);
  const first = await Promise.all(rows.map((row) => saves.save(row, starting, EPOCH)));
  expect(first.map((row) => [row?.state, row?.version])).toEqual(Array(3).fill(['starting', 2]));
  await Promise.all(first.map((row) => row && saves.save(row, running, EPOCH)));
  expect(await operations()).toEqual(Array(3).fill({ state: 'succeeded', steps: ['place', 'start'] }));
  expect(told).toHaveLength(6);
  const stored = await fixture.database.query(
    'select distinct state, version, observed_generation from compute.instance',
  );
  expect(stored).toEqual([{ state: 'running', version: 3, observed_generation: 1 }]);
});

it('says nothing in events of what they do not speak of', async () => {
  const [row] = (await created(1)) as [InstanceView];
  const up = await saves.save(row, { ...running, outcome: undefined, step: 'start' }, EPOCH);
  await saves.save(up as InstanceView, running, EPOCH);
  expect(told).toEqual([`${row.id} running 2`, `${row.id} is looked at`]);
  expect(await operations()).toEqual([{ state: 'succeeded', steps: ['place', 'start'] }]);
});

it('leaves alone what has changed since it was planned for, and its operation', async () => {
  const [changed, same] = (await created(2)) as [InstanceView, InstanceView];
  await fixture.database.query('update compute.instance set version = version + 1 where id = $1', [
    changed.id,
  ]);
  const saved = await Promise.all([changed, same].map((row) => saves.save(row, starting, EPOCH)));
  expect(saved.map((row) => row?.id)).toEqual([undefined, same.id]);
  expect(told).toEqual([`${same.id} starting 2`]);
  expect((await operations()).map(({ steps }) => steps.length).sort()).toEqual([1, 2]);
});

it('saves nothing for a leader whose term is over', async () => {
  const [row] = (await created(1)) as [InstanceView];
  await fixture.work.beginTerm('instance', EPOCH + 1n);
  await expect(saves.save(row, starting, EPOCH)).rejects.toMatchObject({ reason: 'STALE_EPOCH' });
  expect(told).toEqual([]);
  const stored = await fixture.database.query('select state, version from compute.instance');
  expect(stored).toEqual([{ state: row.state, version: row.version }]);
});

it('writes nothing when nothing is new', async () => {
  const [row] = (await created(1)) as [InstanceView];
  const same: Plan = { ...starting, action: 'place', state: 'provisioning', step: 'place' };
  expect(await saves.save(row, same, EPOCH)).toBe(row);
  expect(told).toEqual([]);
});
