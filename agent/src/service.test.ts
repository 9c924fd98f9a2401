import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { CertificateFiles, createClient, loadConfig } from '@thecloud/service-kit';
import { agentConfig } from './config';
import { instanceOrder } from './fixtures/apply';
import { TestAuthority } from './fixtures/certificates';
import { TestCompute } from './fixtures/compute';
import { until } from './fixtures/until';
import { start } from './service';
import type { RunningAgent } from './service';

const authority = new TestAuthority();
const hostId = newId('host');
const computeFiles = new CertificateFiles(authority.issue('compute', 'c1'));
const options = { timeoutMs: 5_000 };
let compute: TestCompute;
let agent: RunningAgent;
let client: ReturnType<typeof clientOf>;

const clientOf = (files: CertificateFiles, meant = hostId) =>
  createClient(agentV1.AgentServiceClient, {
    target: agent.endpoint,
    credentials: files.channelCredentials({ kind: 'agent', name: meant }),
    serverKind: 'agent',
  });

const config = () =>
  loadConfig(agentConfig, {
    THECLOUD_LOG_LEVEL: 'silent',
    THECLOUD_CERTIFICATE_DIR: join(authority.dir, `agent-${hostId}`),
    THECLOUD_CA_FILE: authority.caFile,
    THECLOUD_JOIN_TOKEN_PATH: '/nonexistent',
    THECLOUD_ENROLL_ENDPOINT: '127.0.0.1:1',
    THECLOUD_AGENT_DATA_DIR: join(authority.dir, 'data'),
    THECLOUD_AGENT_DRIVER: 'noop',
    THECLOUD_AGENT_NOOP_VCPUS: '16',
    THECLOUD_AGENT_COMPUTE_TARGET: `127.0.0.1:${compute.port}`,
    THECLOUD_AGENT_IDENTITY_TARGET: '127.0.0.1:1',
  });

beforeAll(async () => {
  authority.issue('agent', hostId);
  compute = await new TestCompute(computeFiles.serverCredentials()).start();
  agent = await start(config());
  client = clientOf(computeFiles);
});
afterAll(async () => {
  client.close();
  await agent.close();
  compute.stop();
  rmSync(authority.dir, { recursive: true });
});

const order = (id: string, more: Parameters<typeof instanceOrder>[2] = {}) => instanceOrder(hostId, id, more);
const seen = (id: string) => client.observe({ kind: 'instance', id }, options);
const all = { kind: 'instance', pageSize: 0, pageToken: '' };

it('takes its host id from its certificate, and reports what it can hold and where it is', async () => {
  expect(agent.hostId).toBe(hostId);
  const hello = await until('a hello', () => compute.hellos[0]);
  expect(hello.inventory).toMatchObject({
    cpuMillicores: 16_000,
    driver: 'noop',
    agentEndpoint: agent.endpoint,
  });
});

it('carries out an order, reports it, and repeats its answer', async () => {
  const id = newId('instance');
  await client.apply(order(id), options);
  await until('the report', () => compute.observed.some((o) => o.id === id && o.phase === 'running'));
  expect(await client.apply(order(id), options)).toMatchObject({ phase: 'running', generation: 1 });
  expect(await seen(id)).toMatchObject({ phase: 'running' });
  expect((await client.list(all, options)).observed).toContainEqual(expect.objectContaining({ id }));
});

it('knows an instance it never heard of as absent', async () => {
  const absent = await seen(newId('instance'));
  expect(absent).toMatchObject({ phase: 'absent', generation: 0 });
});

it('refuses an order for another host, and does nothing of it', async () => {
  const id = newId('instance');
  const stray = client.apply(order(id, { hostId: newId('host') }), options);
  await expect(stray).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'WRONG_HOST' });
  expect(await seen(id)).toMatchObject({ phase: 'absent' });
});

it('is not called by who means another host at its address', async () => {
  const lost = clientOf(computeFiles, newId('host'));
  try {
    await expect(lost.list(all, options)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const other = clientOf(computeFiles);
    await expect(other.list(all, options)).resolves.toBeDefined();
    other.close();
  } finally {
    lost.close();
  }
});

it('refuses older orders with the reason', async () => {
  const id = newId('instance');
  await client.apply(order(id, { generation: 2 }), options);
  const late = client.apply(order(id), options);
  await expect(late).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'STALE_GENERATION' });
});

it.each<[string, Parameters<typeof instanceOrder>[2], string]>([
  ['a path for an id', { id: '../../etc/passwd' }, 'id'],
  ['no config', { spec: Buffer.alloc(0) }, 'spec.config'],
  ['what is no spec', { spec: Buffer.from('\xff') }, 'spec'],
  ['another policy', { config: { restartPolicy: 'x' } }, 'spec.config.restart_policy'],
  [
    'a port that is none',
    { config: { ports: [{ containerPort: 0, hostPort: 80, protocol: 'tcp' }] } },
    'spec.config.ports[0].container_port',
  ],
  ['another wish', { desired: 'dancing' }, 'desired'],
])('refuses %s and names the field', async (_, more, field) => {
  const refused = client.apply(order(newId('instance'), more), options);
  await expect(refused).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [expect.objectContaining({ field })],
  });
});

it.each([
  ['a kind that it does not carry', { kind: 'spaceship' }, 'KIND_UNKNOWN'],
  ['a controller that does not order it', { controller: 'host' }, 'CONTROLLER_UNKNOWN'],
  ['a driver that it does not have', { driver: 'libvirt' }, 'DRIVER_UNKNOWN'],
])('refuses %s', async (_, more, reason) => {
  const refused = client.apply(order(newId('instance'), more), options);
  await expect(refused).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason });
});

it('lists in pages, by id', async () => {
  const ids = Array.from({ length: 5 }, () => newId('instance'));
  for (const id of ids) await client.apply(order(id), options);
  const listed: string[] = [];
  let pageToken = '';
  do {
    const page = await client.list({ ...all, pageSize: 2, pageToken }, options);
    expect(page.observed.length).toBeLessThanOrEqual(2);
    listed.push(...page.observed.map(({ id }) => id));
    pageToken = page.nextPageToken;
  } while (pageToken);
  expect(listed).toEqual([...new Set(listed)].sort());
  expect(listed).toEqual(expect.arrayContaining(ids));
});

it('obeys nobody but compute', async () => {
  const stranger = clientOf(new CertificateFiles(authority.issue('gateway', 'g1')));
  const refused = stranger.list(all, options);
  await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED', reason: 'PEER_NOT_ALLOWED' });
  stranger.close();
});

it('is ready, and counts its instances', async () => {
  await until('it is ready', async () => (await fetch(`http://127.0.0.1:${agent.opsPort}/health/ready`)).ok);
  const metrics = await (await fetch(`http://127.0.0.1:${agent.opsPort}/metrics`)).text();
  expect(metrics).toMatch(/thecloud_agent_instances\{phase="running",service="agent"\} [1-9]/);
  expect(metrics).toMatch(/thecloud_agent_connected\{service="agent"\} 1/);
});

it('refuses to start on a certificate that is no agent’s', async () => {
  const wrong = { ...config(), THECLOUD_CERTIFICATE_DIR: computeFiles.dir };
  await expect(start(wrong)).rejects.toThrow('not the certificate of an agent');
});
