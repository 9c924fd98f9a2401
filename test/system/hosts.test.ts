import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Metadata } from '@grpc/grpc-js';
import { computeV1, identityV1 } from '@thecloud/api';
import {
  channelOptions,
  createClient,
  createLogger,
  newKeyAndRequest,
  obtainCertificate,
} from '@thecloud/service-kit';
import type { CertificateFiles } from '@thecloud/service-kit';
import { bitFlips, eventually, readEach, truncations } from '@thecloud/testkit';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

/** Hosts come and go: announced, removed, expired. */
jest.setTimeout(120_000);
const log = createLogger({ service: 'test', level: 'silent' });
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());

interface Announced {
  readonly id: string;
  readonly token: string;
}

const announce = async (name: string): Promise<Announced> => {
  const { body } = await cloud.admin.call('POST', '/v1/hosts', { name });
  const { host = {}, join_token: token = '' } = body as { host?: object; join_token?: string };
  return { id: idOf(host), token };
};
const names = async () =>
  ((await cloud.admin.call('GET', '/v1/hosts')).body.hosts ?? []).map(({ metadata }) => metadata?.name);

/** As an agent does it when it starts. */
async function enrol({ token }: Announced): Promise<CertificateFiles> {
  const dir = mkdtempSync(join(cloud.engines.dir, 'enrol-'));
  const joinTokenFile = join(dir, 'token');
  writeFileSync(joinTokenFile, token, { mode: 0o600 });
  return obtainCertificate({
    dir: join(dir, 'certificate'),
    caFile: cloud.engines.caFile,
    enrollEndpoint: `127.0.0.1:${cloud.enrollPort}`,
    joinTokenFile,
    log,
  });
}

async function renew(files: CertificateFiles): Promise<unknown> {
  const client = createClient(identityV1.CertificateServiceClient, {
    target: `127.0.0.1:${cloud.identityPort}`,
    credentials: files.channelCredentials(),
    serverKind: 'identity',
  });
  const { request } = await newKeyAndRequest();
  return client.renewCertificate({ csr: request }, { timeoutMs: 5_000 }).finally(() => client.close());
}

/** Says hello as its agent; answers with what compute says, or how it refuses. */
function hello(files: CertificateFiles): Promise<string> {
  const client = new computeV1.HostAgentServiceClient(
    `127.0.0.1:${cloud.compute.port}`,
    files.channelCredentials(),
    channelOptions('compute'),
  );
  const stream = client.reportHost({ deadline: Date.now() + 5_000 } as never);
  return new Promise<string>((resolve) => {
    stream.on('data', () => resolve('greeted'));
    stream.on('error', ({ message }) => resolve(message));
    stream.write({
      report: {
        $case: 'hello',
        value: { inventory: undefined, instances: [], armedFenceMs: 0, unfencedDrivers: [] },
      },
    });
  }).finally(() => {
    stream.on('error', () => undefined);
    stream.cancel();
    client.close();
  });
}

it('removes a host that never joined, and its join token is worth nothing', async () => {
  const never = await announce('never');
  expect((await cloud.admin.call('DELETE', `/v1/hosts/${never.id}`)).status).toBe(200);
  expect(await names()).not.toContain('never');
  expect((await cloud.admin.call('GET', `/v1/hosts/${never.id}`)).status).toBe(404);
  expect((await cloud.admin.call('DELETE', `/v1/hosts/${never.id}`)).status).toBe(404);
  await eventually('identity knows', () =>
    enrol(never).then(
      () => false,
      (error: { reason?: string }) => error.reason === 'CERTIFICATE_REVOKED',
    ),
  );
});

it('refuses the agent of a host that was removed: its hello, its next certificate, and its name stays free', async () => {
  const host = await announce('leaves');
  const files = await enrol(host);
  expect(await hello(files)).toBe('greeted');
  await renew(files);
  expect((await cloud.admin.call('DELETE', `/v1/hosts/${host.id}`)).status).toBe(200);
  expect(await hello(files)).toContain('was removed');
  expect(await names()).not.toContain('leaves');
  await eventually('its certificate is not renewed', () =>
    renew(files).then(
      () => false,
      (error: { reason?: string }) => error.reason === 'CERTIFICATE_REVOKED',
    ),
  );
  const again = await announce('leaves');
  expect(again.id).not.toBe(host.id);
  expect(await hello(await enrol(again))).toBe('greeted');
  await cloud.admin.call('DELETE', `/v1/hosts/${again.id}`);
});

it('refuses to remove a host that carries instances, and names them', async () => {
  const id = idOf(await cloud.admin.launch('carried', { command: ['/bin/sleep', '600'] }));
  await cloud.admin.reaches(id, 'running');
  const refused = await cloud.admin.call('DELETE', `/v1/hosts/${cloud.hostId}`);
  expect(refused).toMatchObject({ status: 400, body: { reason: 'HOST_NOT_EMPTY' } });
  expect(JSON.stringify(refused.body)).toContain('carried');
  expect((await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body.status?.state).toBe('ready');
});

it('removes a host that nobody joined as within a day', async () => {
  const { id } = await announce('late');
  const wake = (hours: number) =>
    cloud.database.query(
      `with aged as (update compute.host set updated_at = now() - $2 * interval '1 hour' where id = $1)
       update compute.work set due_at = now(), wakes = wakes + 1 where controller = 'host' and key = $1`,
      [id, hours],
    );
  await wake(23);
  await eventually('it has been looked at', async () => {
    const [work] = await cloud.database.query<{ later: boolean }>(
      "select due_at > now() + interval '5 seconds' as later from compute.work where controller = 'host' and key = $1",
      [id],
    );
    return work?.later;
  });
  expect(await names()).toContain('late');
  await wake(25);
  await eventually('it is gone', async () => !(await names()).includes('late'));
});

it('takes damaged reports of an agent for what they are, and goes on', async () => {
  const host = await announce('damaged');
  const files = await enrol(host);
  const { path, responseDeserialize } = computeV1.HostAgentServiceService.reportHost;
  const client = new Client(
    `127.0.0.1:${cloud.compute.port}`,
    files.channelCredentials(),
    channelOptions('compute'),
  );
  /** Ends when compute has answered, has refused, or has taken it without a word. */
  const report = (bytes: Buffer) =>
    new Promise((resolve) => {
      const stream = client.makeBidiStreamRequest(
        path,
        (b: Buffer) => b,
        responseDeserialize,
        new Metadata(),
        {
          deadline: Date.now() + 5_000,
        },
      );
      stream.on('data', () => undefined);
      stream.on('error', () => undefined);
      stream.on('status', resolve);
      stream.write(bytes);
      stream.end();
    });
  const instances = [
    {
      instanceId: 'ins_1',
      generation: 1,
      phase: 'running',
      startedAt: new Date(),
      sequence: '5',
      problemMessage: 'none',
    },
  ];
  const inventory = { hostname: 'damaged', address: '127.0.0.1', vcpus: 4, memoryMib: 1024, driver: 'noop' };
  const said = (value: object) =>
    Buffer.from(computeV1.ReportHostRequest.encode(computeV1.ReportHostRequest.fromPartial(value)).finish());
  const whole = [
    said({ report: { $case: 'hello', value: { inventory, instances, armedFenceMs: 0 } } }),
    said({ report: { $case: 'observations', value: { instances } } }),
    said({ report: { $case: 'beat', value: { driverProblem: 'x', armedFenceMs: 9, sentAt: new Date() } } }),
  ];
  const damaged = whole.flatMap((bytes, i) => [...truncations(bytes), ...bitFlips(bytes, 60, i)]);
  const readings = await readEach(damaged, report);
  expect(readings.filter(({ error }) => error)).toEqual([]);
  client.close();
  expect(await hello(files)).toBe('greeted');
  expect((await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body.status?.state).toBe('ready');
});
