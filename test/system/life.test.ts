import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Docker } from './docker';

jest.setTimeout(120_000);
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());

const WEB = {
  ports: [{ container_port: 8080 }],
  command: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/www'],
};

async function page(instance: Body, tries = 300): Promise<string> {
  const [port] = instance.status?.ports ?? [];
  const url = `http://${port?.address}:${port?.host_port}/cgi-bin/index.cgi`;
  for (let left = tries; ; left--) {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
    } catch (cause) {
      if (left === 0) throw cause; // the program inside needs a moment to listen
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

it('lives: launched, answering, stopped, started, restarted, changed, deleted', async () => {
  const { admin } = cloud;
  const accepted = await admin.launch('web', { ...WEB, env: { GREETING: 'hello' } });
  const id = idOf(accepted);
  expect(accepted.status?.state).toBe('provisioning');
  const running = await admin.reaches(id, 'running');
  expect(running.status).toMatchObject({ host_id: cloud.hostId });
  expect(await page(running)).toContain('Your cloud works');

  const created = await admin.call(
    'GET',
    `/v1/operations/${accepted.metadata?.operation_id}:wait?timeout_seconds=10`,
  );
  expect(created.body).toMatchObject({ kind: 'instance.create', state: 'succeeded' });
  expect(created.body.steps?.map((s) => s.name)).toEqual(expect.arrayContaining(['place', 'start']));
  const settled = await admin.call('GET', `/v1/instances/${id}`);
  expect(settled.body).toMatchObject({ status: { state: 'running', observed_generation: 1 } });

  await admin.call('POST', `/v1/instances/${id}:stop`, { grace_seconds: 1 });
  await admin.reaches(id, 'stopped');
  await expect(page(running, 0)).rejects.toThrow();
  await admin.call('POST', `/v1/instances/${id}:start`);
  expect(await page(await admin.reaches(id, 'running'))).toContain('Your cloud works');

  const before = (await admin.call('GET', `/v1/instances/${id}`)).body;
  await admin.call('POST', `/v1/instances/${id}:restart`);
  await admin.until(
    'GET',
    `/v1/instances/${id}`,
    ({ body }) =>
      body.status?.state === 'running' &&
      body.status.observed_generation === (before.metadata?.generation ?? 0) + 1,
  );

  const renamed = await admin.call('PATCH', `/v1/instances/${id}`, {
    name: 'front',
    spec: { env: { GREETING: 'again' } },
  });
  expect(renamed.body).toMatchObject({ metadata: { name: 'front' }, spec: { env: { GREETING: 'again' } } });
  await admin.until(
    'GET',
    `/v1/instances/${id}`,
    ({ body }) => body.status?.observed_generation === renamed.body.metadata?.generation,
  );

  const gone = await admin.call('DELETE', `/v1/instances/${id}`);
  expect(gone.status).toBe(202);
  await admin.vanishes(`/v1/instances/${id}`);
  const deleted = await admin.call('GET', `/v1/operations/${gone.body.metadata?.operation_id}`);
  expect(deleted.body.state).toBe('succeeded');
  const host = (await admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body;
  expect(host.status).toMatchObject({
    allocated_cpu_millicores: 0,
    allocated_memory_mib: 0,
    instance_count: 0,
  });
  expect(await cloud.database.query('select * from compute.host_port')).toEqual([]);
});

it('holds an instance to its limits, with no privilege it could gain', async () => {
  const { admin } = cloud;
  const id = idOf(await admin.launch('limited', WEB));
  await admin.reaches(id, 'running');
  const config = await new Docker(cloud.dockerSocket).inspect(id);
  expect(config.HostConfig).toMatchObject({
    Memory: 128 * 1024 * 1024,
    CpuPeriod: 100_000,
    CpuQuota: 25_000, // nano-1: a quarter of a vCPU
    PidsLimit: 512,
    Privileged: false,
    CapDrop: ['ALL'],
    SecurityOpt: expect.arrayContaining(['no-new-privileges']) as string[],
  });
  await admin.call('DELETE', `/v1/instances/${id}`);
  await admin.vanishes(`/v1/instances/${id}`);
});

it('says with which exit code and last lines a program ended at once', async () => {
  const { admin } = cloud;
  const broken = await admin.launch('broken', {
    command: ['/bin/sh', '-c', 'echo no such thing; exit 7'],
    restart_policy: 'never',
  });
  const failed = await admin.reaches(idOf(broken), 'failed');
  expect(failed.status).toMatchObject({ reason: 'EXITED', exit_code: 7 });
  expect(failed.status?.message).toContain('no such thing');
  await admin.call('DELETE', `/v1/instances/${idOf(broken)}`);
  await admin.vanishes(`/v1/instances/${idOf(broken)}`);
});
