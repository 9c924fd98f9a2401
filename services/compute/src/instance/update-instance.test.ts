import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import type { ImageRow } from '../image/image.schema';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow } from './instance.repo';
import { update } from './update-instance';

jest.setTimeout(60_000);
let fixture: ComputeDatabase;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());

/** Decides an update of the only instance as the API does, and writes what it comes to. */
const change = (id: string, mask: string[], values: object) =>
  fixture.db.write('system', async (tx) => {
    const row = (await instanceRepo.lock(tx, id)) as InstanceRow;
    const deps = {
      images: {
        findByIdOrName: (_: unknown, __: string, name: string) =>
          Promise.resolve(IMAGES.find((image) => image.name === name)),
      },
      imageReference: (image: { id: string }) => `registry/${image.id}`,
    } as unknown as InstanceDeps;
    const decided = await update(deps, tx, { mask, values: { ...row, image: '', ...values } })(row);
    if (decided === 'already so') throw new Error('an update is a change');
    return instanceRepo.update(tx, id, decided.change);
  });
const IMAGES = [
  { id: 'img_1', name: 'ready', state: 'ready' },
  { id: 'img_2', name: 'importing', state: 'importing' },
] as ImageRow[];

describe('another type', () => {
  const NANO = { type: 'nano-1', cpuMillicores: 250, memoryMib: 128 };
  const allocated = () =>
    fixture.database.query(
      'select allocated_cpu_millicores as cpu, allocated_memory_mib as memory, instance_count as n from compute.host',
    );
  /** A host with one instance of nano-1, and room for one vCPU and 640 MiB in all. */
  const placed = async () => {
    await fixture.empty();
    const [hostId = ''] = await fixture.addHosts(1, {
      ...{ cpuMillicores: 1_000, memoryMib: 640 },
      ...{ allocatedCpuMillicores: 250, allocatedMemoryMib: 128, instanceCount: 1 },
    });
    const [id = ''] = await fixture.addInstances(1, { hostId, ...NANO });
    return id;
  };

  it('takes the difference of its host, and gives it back', async () => {
    const id = await placed();
    expect(await change(id, ['spec.type'], { type: 'basic-1' })).toMatchObject({
      ...{ type: 'basic-1', cpuMillicores: 1_000, memoryMib: 512 },
    });
    expect(await allocated()).toEqual([{ cpu: 1_000, memory: 512, n: 1 }]);
    await change(id, ['spec.type'], NANO);
    expect(await allocated()).toEqual([{ cpu: 250, memory: 128, n: 1 }]);
  });

  it('is refused where its host has too little left, and nothing is taken', async () => {
    const id = await placed();
    await expect(change(id, ['spec.type'], { type: 'standard-1' })).rejects.toMatchObject({
      reason: 'HOST_TOO_FULL',
    });
    await expect(change(id, ['spec.type'], { type: 'basic-2' })).rejects.toMatchObject({
      reason: 'HOST_TOO_FULL', // for its memory alone
    });
    expect(await allocated()).toEqual([{ cpu: 250, memory: 128, n: 1 }]);
    expect(await fixture.database.query('select type from compute.instance')).toEqual([{ type: 'nano-1' }]);
  });

  it('is had by two that ask at once for the last room only once', async () => {
    const id = await placed();
    const [hostId] = (await fixture.database.query<{ id: string }>('select id from compute.host')).map(
      (r) => r.id,
    );
    const [other = ''] = await fixture.addInstances(1, { hostId: hostId!, ...NANO });
    await fixture.database.query('update compute.host set allocated_cpu_millicores = 500, memory_mib = 4096');
    const asked = await Promise.allSettled(
      [id, other].map((each) => change(each, ['spec.type'], { type: 'basic-1' })),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(0);
    await fixture.database.query('update compute.host set cpu_millicores = 1250');
    const again = await Promise.allSettled(
      [id, other].map((each) => change(each, ['spec.type'], { type: 'basic-1' })),
    );
    expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await allocated()).toMatchObject([{ cpu: 1_250 }]);
  });

  it('is that of one that has no host yet, which placement then finds room for', async () => {
    await fixture.empty();
    const [id = ''] = await fixture.addInstances(1, NANO);
    expect(await change(id, ['spec.type'], { type: 'standard-1' })).toMatchObject({ cpuMillicores: 2_000 });
  });

  it('that does not exist is refused, with those that do', async () => {
    const id = await placed();
    await expect(change(id, ['spec.type'], { type: 'huge' })).rejects.toMatchObject({
      reason: 'INSTANCE_TYPE_UNKNOWN',
    });
  });
});

it('takes another image, if that is ready', async () => {
  const [id = ''] = await fixture.addInstances(1);
  const image = (name: string) => change(id, ['spec.image'], { image: name });
  expect(await image('ready')).toMatchObject({ imageId: 'img_1', imageReference: 'registry/img_1' });
  await expect(image('importing')).rejects.toMatchObject({ reason: 'IMAGE_NOT_READY' });
  await expect(image('nix')).rejects.toMatchObject({ reason: 'IMAGE_UNKNOWN' });
});

it('refuses more environment than a program can be started with', async () => {
  const [id = ''] = await fixture.addInstances(1, { command: ['x'.repeat(4_096)] });
  const env = (bytes: number) =>
    Object.fromEntries(Array.from({ length: 128 }, (_, n) => [n, 'x'.repeat(bytes)]));
  await change(id, ['spec.env'], { env: env(8_192) });
  await expect(change(id, ['spec.env'], { env: env(16_384) })).rejects.toMatchObject({
    reason: 'PROGRAM_TOO_LARGE',
  });
});

it('says so when the host of an instance has no port left to choose', async () => {
  const [hostId = ''] = await fixture.addHosts(1);
  const [id = ''] = await fixture.addInstances(1, { hostId });
  await fixture.onlyFree(hostId);
  const publish = (hostPort: number) =>
    fixture.db.write('system', async (tx) => {
      const row = (await instanceRepo.lock(tx, id)) as InstanceRow;
      const ports = [{ containerPort: 80, hostPort, protocol: 'tcp' as const }];
      return update({} as InstanceDeps, tx, { mask: ['spec.ports'], values: { ...row, image: '', ports } })(
        row,
      );
    });
  await expect(publish(0)).rejects.toMatchObject({ reason: 'HOST_PORTS_USED_UP' });
  await expect(publish(20_000)).rejects.toMatchObject({ reason: 'HOST_PORT_TAKEN' });
  expect(await publish(8080)).toMatchObject({ kind: 'instance.update' });
});
