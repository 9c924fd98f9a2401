import { pgSchema } from 'drizzle-orm/pg-core';
import { newId } from '@thecloud/kernel';
import { createLogger, Database, kitTables, PgWorkSource } from '@thecloud/service-kit';
import { testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import { join } from 'node:path';
import { host } from '../host/host.schema';
import { instance } from '../instance/instance.schema';
import { placementRepo } from './placement.repo';
import { Placer } from './placer';

jest.setTimeout(60_000);
const EPOCH = 1n;
let database: TestDatabase;
let db: Database;
let work: PgWorkSource;

beforeAll(async () => {
  database = await testDatabase('compute', join(__dirname, '../../migrations'));
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
  work = new PgWorkSource(db, kitTables(pgSchema('compute')), {
    ring: () => undefined,
    listen: () => () => true,
  });
});
afterAll(async () => {
  await db.close();
  await database.close();
});
beforeEach(async () => {
  await database.query('truncate compute.host, compute.instance, compute.host_port, compute.leader');
  await work.beginTerm('instance', EPOCH);
});

const addHosts = (n: number, change: object = {}) =>
  db.write('system', async (tx) => {
    const size = { vcpus: 8, memoryMib: 4096, state: 'ready' as const };
    await tx
      .insert(host)
      .values(
        Array.from({ length: n }, () => ({ id: newId('host'), name: newId('host'), ...size, ...change })),
      );
  });

const wants = {
  vcpus: 1,
  memoryMib: 512,
  ports: [] as Array<{ containerPort: number; hostPort: number; protocol: 'tcp' }>,
};

async function addInstances(n: number): Promise<string[]> {
  const ids = Array.from({ length: n }, () => newId('instance'));
  const common = {
    projectId: 'prj_1',
    labels: {},
    type: 'basic-1',
    imageId: '',
    imageReference: '',
    command: [],
    env: {},
    ports: [],
  };
  const wish = {
    restartPolicy: 'always',
    onHostLoss: 'keep',
    desired: 'running',
    operationId: '',
    state: 'provisioning',
  } as const;
  await db.write('system', (tx) =>
    tx.insert(instance).values(ids.map((id) => ({ id, name: id, ...common, ...wish }))),
  );
  return ids;
}

const overcommitted = () =>
  database.query(
    'select id from compute.host where allocated_vcpus > vcpus or allocated_memory_mib > memory_mib',
  );

it('never overcommits, though three placers of stale memory race for the last room', async () => {
  await addHosts(3);
  const ids = await addInstances(40); // there is room for 24
  const placers = [new Placer(db, work), new Placer(db, work), new Placer(db, work)];
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

it('never hands out a host port twice, though all ask at once', async () => {
  await addHosts(2);
  const ids = await addInstances(6);
  const placer = new Placer(db, work);
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
  const placer = new Placer(db, work);
  const ports = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
  await Promise.all(ids.map((id) => placer.place({ id, ...wants, ports }, EPOCH)));
  const rows = await database.query<{ port: number }>('select port from compute.host_port');
  expect(new Set(rows.map((r) => r.port)).size).toBe(8);
});

it('gives everything back on release, so that the next one fits', async () => {
  await addHosts(1, { vcpus: 1 });
  const [first = '', second = ''] = await addInstances(2);
  const placer = new Placer(db, work);
  expect(await placer.place({ id: first, ...wants }, EPOCH)).toEqual({ placed: true });
  expect(await placer.place({ id: second, ...wants }, EPOCH)).toMatchObject({
    placed: false,
    why: '1 host: not enough vCPUs.',
  });
  const [row] = await database.query<{ host_id: string }>(
    'select host_id from compute.instance where id = $1',
    [first],
  );
  await db.write('system', (tx) =>
    placementRepo.release(tx, { id: first, type: 'basic-1', hostId: row?.host_id ?? null }),
  );
  expect(await placer.place({ id: second, ...wants }, EPOCH)).toEqual({ placed: true });
});

it('places nothing twice, and nothing for a leader whose term is over', async () => {
  await addHosts(1);
  const [id = ''] = await addInstances(1);
  const placer = new Placer(db, work);
  await placer.place({ id, ...wants }, EPOCH);
  expect(await placer.place({ id, ...wants }, EPOCH)).toMatchObject({ placed: false, passing: true });
  const [other = ''] = await addInstances(1);
  await work.beginTerm('instance', 2n);
  await expect(placer.place({ id: other, ...wants }, EPOCH)).rejects.toMatchObject({ reason: 'STALE_EPOCH' });
});
