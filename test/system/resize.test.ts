import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Docker } from './docker';

/** What an instance is made of may change: it stays the same instance, on the same host, at the same address. */
jest.setTimeout(120_000);
let cloud: Cloud;
let docker: Docker;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
  await cloud.importStarter(cloud.admin, 'starter-2');
});
afterAll(() => cloud.close());

const forever = { command: ['/bin/sleep', '600'] };
const get = async (id: string) => (await cloud.admin.call('GET', `/v1/instances/${id}`)).body;
const allocated = async () => {
  const { status } = (await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body;
  return [status?.allocated_cpu_millicores, status?.allocated_memory_mib];
};
/** Updates it, and answers with how the operation ended. */
async function update(id: string, spec: object): Promise<Body> {
  const { status, body } = await cloud.admin.call('PATCH', `/v1/instances/${id}`, { spec });
  expect({ status, reason: body.reason }).toEqual({ status: 202, reason: undefined });
  const path = `/v1/operations/${body.metadata?.operation_id}`;
  return (await cloud.admin.until('GET', path, (answer) => answer.body.state !== 'running', 60_000)).body;
}
const limits = async (id: string) => {
  const { HostConfig } = (await docker.inspect(id)) as unknown as {
    HostConfig: { CpuQuota: number; Memory: number };
  };
  return [HostConfig.CpuQuota, HostConfig.Memory >> 20];
};

it('changes type and image, entrypoint and environment, and keeps what it is', async () => {
  const before = await cloud.admin.launch('resized', { ...forever, ports: [{ container_port: 80 }] });
  const id = idOf(before);
  const running = await cloud.admin.reaches(id, 'running');
  expect(await limits(id)).toEqual([25_000, 128]);
  expect(await allocated()).toEqual([250, 128]);

  const ended = await update(id, {
    type: 'basic-1',
    image: 'starter-2',
    entrypoint: ['/bin/sleep'],
    command: ['601'],
  });
  expect(ended).toMatchObject({ kind: 'instance.update', state: 'succeeded' });
  expect(ended.steps?.at(-1)).toMatchObject({ name: 'start', state: 'succeeded' });
  expect(await limits(id)).toEqual([100_000, 512]);
  expect(await allocated()).toEqual([1_000, 512]);
  const after = await get(id);
  expect(after.metadata).toMatchObject({ id, name: 'resized' });
  expect(after.spec).toMatchObject({ type: 'basic-1', entrypoint: ['/bin/sleep'], command: ['601'] });
  expect(after.spec?.image).not.toBe(running.spec?.image);
  expect(after.status).toMatchObject({
    state: 'running',
    host_id: cloud.hostId,
    ports: running.status?.ports,
  });

  await cloud.admin.call('DELETE', `/v1/instances/${id}`);
  await cloud.admin.vanishes(`/v1/instances/${id}`);
  expect(await allocated()).toEqual([0, 0]);
});

it('refuses a type that its host has no room for, and the instance runs on', async () => {
  const id = idOf(await cloud.admin.launch('grows', forever));
  await cloud.admin.reaches(id, 'running');
  await cloud.database.query('update compute.host set memory_mib = 1100, allocated_memory_mib = 612');
  const full = await cloud.admin.call('PATCH', `/v1/instances/${id}`, { spec: { type: 'basic-2' } });
  expect([full.status, full.body.reason]).toEqual([429, 'HOST_TOO_FULL']);
  expect((await get(id)).spec?.type).toBe('nano-1');
  await cloud.admin.reaches(id, 'running');
});
