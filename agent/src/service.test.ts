import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { CertificateFiles, createClient, loadConfig } from '@thecloud/service-kit';
import { agentConfig } from './config';
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

const order = (
  instanceId: string,
  more: Partial<agentV1.ApplyInstanceRequest> = {},
): agentV1.ApplyInstanceRequest => ({
  ...{ hostId, instanceId, generation: 1, epoch: 1n, desired: 'running', restartNonce: 0, graceSeconds: 1 },
  config: {
    ...{
      image: 'i',
      entrypoint: [],
      command: [],
      env: {},
      ports: [],
      restartPolicy: 'always',
      vcpus: 1,
      cpuMillicores: 1_000,
      memoryMib: 64,
      pids: 64,
    },
    ...{ hostname: 'web', projectId: 'prj', onHostLoss: 'restart' },
  },
  ...more,
});

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
  await client.applyInstance(order(id), options);
  await until('the report', () => compute.observed.some((o) => o.instanceId === id && o.phase === 'running'));
  expect(await client.applyInstance(order(id), options)).toMatchObject({ phase: 'running', generation: 1 });
  expect(await client.observeInstance({ instanceId: id }, options)).toMatchObject({ phase: 'running' });
  expect((await client.listInstances({}, options)).instances).toContainEqual(
    expect.objectContaining({ instanceId: id }),
  );
});

it('knows an instance it never heard of as absent', async () => {
  const seen = await client.observeInstance({ instanceId: newId('instance') }, options);
  expect(seen).toMatchObject({ phase: 'absent', generation: 0 });
});

it('refuses an order for another host, and does nothing of it', async () => {
  const id = newId('instance');
  const stray = client.applyInstance(order(id, { hostId: newId('host') }), options);
  await expect(stray).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'WRONG_HOST' });
  expect(await client.observeInstance({ instanceId: id }, options)).toMatchObject({ phase: 'absent' });
  await client.applyInstance(order(id, { hostId: '' }), options); // compute of the version before
});

it('is not called by who means another host at its address', async () => {
  const lost = clientOf(computeFiles, newId('host'));
  try {
    await expect(lost.listInstances({}, options)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const other = clientOf(computeFiles);
    await expect(other.listInstances({}, options)).resolves.toBeDefined();
    other.close();
  } finally {
    lost.close();
  }
});

it('refuses older orders with the reason', async () => {
  const id = newId('instance');
  await client.applyInstance(order(id, { generation: 2 }), options);
  const late = client.applyInstance(order(id), options);
  await expect(late).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'STALE_GENERATION' });
});

it.each([
  ['a path for an id', { instanceId: '../../etc/passwd' }, 'instance_id'],
  ['no config', { config: undefined }, 'config'],
  [
    'another policy',
    { config: { ...order('').config, restartPolicy: 'x' } as agentV1.InstanceConfig },
    'config.restart_policy',
  ],
  [
    'a port that is none',
    {
      config: {
        ...order('').config,
        ports: [{ containerPort: 0, hostPort: 80, protocol: 'tcp' }],
      } as agentV1.InstanceConfig,
    },
    'config.ports[0].container_port',
  ],
  ['another wish', { desired: 'dancing' }, 'desired'],
])('refuses %s and names the field', async (_, more, field) => {
  const refused = client.applyInstance(order(newId('instance'), more), options);
  await expect(refused).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [expect.objectContaining({ field })],
  });
});

it('obeys nobody but compute', async () => {
  const stranger = clientOf(new CertificateFiles(authority.issue('gateway', 'g1')));
  const refused = stranger.listInstances({}, options);
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
