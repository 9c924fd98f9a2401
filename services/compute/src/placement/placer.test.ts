import { computeDatabase, EPOCH } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { placementRepo } from './placement.repo';
import { Placer } from './placer';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
let { database, db, work, addHosts, addInstances, onlyFree } = {} as ComputeDatabase;

beforeAll(async () => {
  fixture = await computeDatabase();
  ({ database, db, work, addHosts, addInstances, onlyFree } = fixture);
});
afterAll(() => fixture.close());
beforeEach(() => fixture.empty());

const newPlacer = () => new Placer(db, work, () => Promise.resolve());
const wants = {
  cpuMillicores: 1_000,
  memoryMib: 512,
  ports: [] as Array<{ containerPort: number; hostPort: number; protocol: 'tcp' }>,
};

const overcommitted = () =>
  database.query(
    'select id from compute.host where allocated_cpu_millicores > cpu_millicores or allocated_memory_mib > memory_mib',
  );

it('never overcommits, though three placers of stale memory race for the last room', async () => {
  await addHosts(3);
  const ids = await addInstances(40); // there is room for 24
  const placers = [newPlacer(), newPlacer(), newPlacer()];
  const place = (id: string, i: number): Promise<boolean> =>
    (placers[i % 3] as Placer)
      .place({ id, ...wants }, EPOCH)
      .then((p) => p.placed || (p.passing ? place(id, i) : false));
  const placed = (await Promise.all(ids.map(place))).filter(Boolean);
  expect(placed).toHaveLength(24);
  expect(await overcommitted()).toEqual([]);
  const rows = await database.query<{ n: number }>(
    'select count(*)::int as n from compute.instance i join compute.host h on h.id = i.host_id group by h.id, h.instance_count having count(*) <> h.instance_count',
  );
  expect(rows).toEqual([]);
});

it('places four quarters of a vCPU where there is one, and no fifth', async () => {
  await addHosts(1, { cpuMillicores: 1_000 });
  const ids = await addInstances(5, { type: 'nano-1', cpuMillicores: 250, memoryMib: 128 });
  const placer = newPlacer();
  const nano = { cpuMillicores: 250, memoryMib: 128, ports: [] };
  const placed = await Promise.all(ids.map((id) => placer.place({ id, ...nano }, EPOCH)));
  expect(placed.filter((p) => p.placed)).toHaveLength(4);
  expect(placed.find((p) => !p.placed)).toMatchObject({ why: '1 host: not enough CPU.' });
});

it('takes of the host what the instance has become since it was asked for', async () => {
  await addHosts(1);
  const [id = ''] = await addInstances(1, { cpuMillicores: 2_000, memoryMib: 2_048 });
  await newPlacer().place({ id, ...wants }, EPOCH);
  const took = 'select allocated_cpu_millicores as cpu, allocated_memory_mib as memory from compute.host';
  expect(await database.query(took)).toEqual([{ cpu: 2_000, memory: 2_048 }]);
});

it('never hands out a host port twice, though all ask at once', async () => {
  await addHosts(2);
  const ids = await addInstances(6);
  const placer = newPlacer();
  const ports = [{ containerPort: 80, hostPort: 8080, protocol: 'tcp' as const }];
  const results = await Promise.all(ids.map((id) => placer.place({ id, ...wants, ports }, EPOCH)));
  expect(results.filter((r) => r.placed)).toHaveLength(2);
  expect(results.find((r) => !r.placed)).toMatchObject({ why: '2 hosts: host port taken.' });
  expect(await database.query('select port from compute.host_port')).toEqual([
    { port: 8080 },
    { port: 8080 },
  ]);
});

it('chooses different ports for those who leave it the choice', async () => {
  await addHosts(1);
  const ids = await addInstances(8);
  const placer = newPlacer();
  const ports = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
  await Promise.all(ids.map((id) => placer.place({ id, ...wants, ports }, EPOCH)));
  const rows = await database.query<{ port: number }>('select port from compute.host_port');
  expect(new Set(rows.map((r) => r.port)).size).toBe(8);
});

describe('a host whose ports are used up', () => {
  const publishing = (...hostPorts: number[]) => ({
    ports: hostPorts.map((hostPort, i) => ({ containerPort: 80 + i, hostPort, protocol: 'tcp' as const })),
  });
  const portsOf = (id: string) =>
    database.query(
      'select host_id, port from compute.host_port where instance_id = $1 order by container_port',
      [id],
    );
  const NONE_LEFT = {
    placed: false,
    passing: false,
    why: '1 host: too few host ports left to choose from.',
  };

  it('is passed by for who leaves it the choice, and for nobody else', async () => {
    const [small = ''] = await addHosts(1, { allocatedCpuMillicores: 1_000 }); // so that the other is the first choice
    const [large = ''] = await addHosts(1, { cpuMillicores: 80_000, memoryMib: 40_960 });
    await onlyFree(large);
    const [chooses = '', insists = '', publishesNone = ''] = await addInstances(3);
    const placer = newPlacer();
    const placed = await Promise.all([
      placer.place({ id: chooses, ...wants, ...publishing(0) }, EPOCH),
      placer.place({ id: insists, ...wants, ...publishing(8080) }, EPOCH),
      placer.place({ id: publishesNone, ...wants }, EPOCH),
    ]);
    const at = (id: string) => ({ placed: true, host: { id } });
    expect(placed).toMatchObject([at(small), at(large), at(large)]);
    expect(await portsOf(chooses)).toMatchObject([{ host_id: small }]);
  });

  it('holds up nobody, and says why the one that it refuses is not placed', async () => {
    const [hostId = ''] = await addHosts(1);
    await onlyFree(hostId);
    const [first = '', ...others] = await addInstances(6);
    const placer = newPlacer();
    const [refused, ...placed] = await Promise.all([
      placer.place({ id: first, ...wants, ...publishing(0) }, EPOCH),
      ...others.map((id) => placer.place({ id, ...wants }, EPOCH)),
    ]);
    expect(refused).toEqual(NONE_LEFT);
    expect(placed.map((p) => p.placed)).toEqual(others.map(() => true));
    const rows = await database.query('select instance_count, allocated_cpu_millicores from compute.host');
    expect(rows).toEqual([{ instance_count: 5, allocated_cpu_millicores: 5_000 }]);
  });

  it('is noticed though memory does not know of it yet, and so are ports that are given back', async () => {
    const [hostId = ''] = await addHosts(1);
    const [before = '', chooses = '', other = ''] = await addInstances(3);
    const placer = newPlacer();
    await placer.place({ id: before, ...wants }, EPOCH);
    await onlyFree(hostId);
    const choose = () => placer.place({ id: chooses, ...wants, ...publishing(0) }, EPOCH);
    const both = await Promise.all([choose(), placer.place({ id: other, ...wants }, EPOCH)]);
    expect(both).toMatchObject([NONE_LEFT, { placed: true }]);
    await database.query('delete from compute.host_port where port = 20005');
    expect(await choose()).toMatchObject({ placed: true });
  });

  it('is so as well by ports that were found to be taken, which are not counted twice', async () => {
    const [hostId = ''] = await addHosts(1);
    await onlyFree(hostId, 20_005, 20_006);
    await database.query(
      `insert into compute.taken_port select $1, 'tcp', p, 'op' from unnest(array[20005, 20100]) p`,
      [hostId],
    );
    const [first = '', second = ''] = await addInstances(2);
    const placer = newPlacer();
    expect(await placer.place({ id: first, ...wants, ...publishing(0) }, EPOCH)).toMatchObject({
      placed: true,
    });
    expect(await portsOf(first)).toMatchObject([{ port: 20_006 }]);
    expect(await placer.place({ id: second, ...wants, ...publishing(0) }, EPOCH)).toEqual(NONE_LEFT);
  });

  it('gives its last ports to those who insist on them, and the rest to those who do not', async () => {
    const [hostId = ''] = await addHosts(1);
    await onlyFree(hostId, 20_001, 20_002, 20_003, 20_004);
    const [mixed = '', insists = '', refused = ''] = await addInstances(3);
    const placer = newPlacer();
    const placed = await Promise.all([
      placer.place({ id: mixed, ...wants, ...publishing(0, 20_003, 0) }, EPOCH),
      placer.place({ id: insists, ...wants, ...publishing(20_001) }, EPOCH),
      placer.place({ id: refused, ...wants, ...publishing(0) }, EPOCH),
    ]);
    expect(placed).toMatchObject([{ placed: true }, { placed: true }, NONE_LEFT]);
    expect(await portsOf(insists)).toMatchObject([{ port: 20_001 }]);
    expect(await portsOf(mixed)).toHaveLength(3);
  });
});

it('gives everything back on release, so that the next one fits', async () => {
  await addHosts(1, { cpuMillicores: 1_000 });
  const [first = '', second = ''] = await addInstances(2);
  const placer = newPlacer();
  expect(await placer.place({ id: first, ...wants }, EPOCH)).toMatchObject({ placed: true });
  expect(await placer.place({ id: second, ...wants }, EPOCH)).toMatchObject({
    placed: false,
    why: '1 host: not enough CPU.',
  });
  const [row] = await database.query<{ host_id: string }>(
    'select host_id from compute.instance where id = $1',
    [first],
  );
  await db.write('system', (tx) =>
    placementRepo.release(tx, {
      ...{ id: first, type: 'basic-1', cpuMillicores: 0, memoryMib: 0 },
      hostId: row?.host_id ?? null,
    }),
  );
  expect(await placer.place({ id: second, ...wants }, EPOCH)).toMatchObject({ placed: true });
});

it('places nothing twice, and nothing for a leader whose term is over', async () => {
  await addHosts(1);
  const [id = ''] = await addInstances(1);
  const placer = newPlacer();
  await placer.place({ id, ...wants }, EPOCH);
  expect(await placer.place({ id, ...wants }, EPOCH)).toMatchObject({ placed: false, passing: true });
  const [other = ''] = await addInstances(1);
  await work.beginTerm('instance', 2n);
  await expect(placer.place({ id: other, ...wants }, EPOCH)).rejects.toMatchObject({ reason: 'STALE_EPOCH' });
});

describe('memory that is stale', () => {
  const place = async (placer: Placer, change: object = {}) => {
    const [id = ''] = await addInstances(1);
    return placer.place({ id, ...wants, ...change }, EPOCH);
  };

  it('gives nothing that another placer took meanwhile', async () => {
    await addHosts(2, { cpuMillicores: 4_000, memoryMib: 2048 });
    const [one, other] = [newPlacer(), newPlacer()];
    await place(one);
    for (let n = 0; n < 6; n++) expect(await place(other)).toMatchObject({ placed: true });
    // What `one` remembers has room for seven, and there is room for one.
    expect(await place(one)).toMatchObject({ placed: true });
    expect(await place(one)).toMatchObject({ placed: false, why: '2 hosts: not enough memory.' });
    expect(await overcommitted()).toEqual([]);
  });

  it('places nothing on a host that was cordoned, fell silent or filled up meanwhile', async () => {
    await addHosts(4);
    const placer = newPlacer();
    await place(placer);
    await database.query(`
      with numbered as (select id, row_number() over (order by id) as n from compute.host)
      update compute.host h set cordoned = n = 1, state = case when n = 2 then 'suspect' else 'ready' end,
             allocated_cpu_millicores = case when n = 3 then cpu_millicores else 0 end
        from numbered where numbered.id = h.id`);
    await Promise.all(Array.from({ length: 8 }, () => place(placer)));
    const counts = await database.query('select instance_count as n from compute.host order by id');
    expect(counts).toEqual([{ n: 1 }, { n: 0 }, { n: 0 }, { n: 8 }]);
  });

  it('refuses nobody: room that was made meanwhile is found', async () => {
    await addHosts(1, { cpuMillicores: 1_000 });
    const placer = newPlacer();
    await place(placer);
    expect(await place(placer)).toMatchObject({ placed: false });
    await addHosts(1);
    expect(await place(placer)).toMatchObject({ placed: true });
  });
});

it('counts one that is asked for twice in a batch once', async () => {
  await addHosts(1);
  const [id = ''] = await addInstances(1);
  const placer = newPlacer();
  await Promise.all([placer.place({ id, ...wants }, EPOCH), placer.place({ id, ...wants }, EPOCH)]);
  const rows = await database.query('select instance_count, allocated_cpu_millicores from compute.host');
  expect(rows).toEqual([{ instance_count: 1, allocated_cpu_millicores: 1_000 }]);
});
