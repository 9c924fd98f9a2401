import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { CertificateFiles, createClient } from '@thecloud/service-kit';
import { instanceOrder } from './fixtures/apply';
import { TestAuthority } from './fixtures/certificates';
import { TestCompute } from './fixtures/compute';
import { freePort } from './fixtures/free-port';
import { until } from './fixtures/until';

/** A real agent process that carries instances of compute and volumes of storage, killed at any moment. */
jest.setTimeout(300_000);
/** An agent that is killed is compiled and started anew, which a busy machine takes its time for. */
const AGENT_BACK_MS = 90_000;

const dir = mkdtempSync(join(tmpdir(), 'two-kinds-'));
const volumesDir = join(dir, 'volumes');
const authority = new TestAuthority();
const hostId = newId('host');
const files = {
  compute: new CertificateFiles(authority.issue('compute', 'c1')),
  storage: new CertificateFiles(authority.issue('storage', 's1')),
};
type Owner = keyof typeof files;
let compute: TestCompute;
let storage: TestCompute;
let port: number;
let agent: ChildProcess;
const clients = {} as Record<Owner, ReturnType<typeof clientOf>>;

const clientOf = (owner: Owner) =>
  createClient(agentV1.AgentServiceClient, {
    target: `127.0.0.1:${port}`,
    credentials: files[owner].channelCredentials({ kind: 'agent', name: hostId }),
    serverKind: 'agent',
  });

beforeAll(async () => {
  authority.issue('agent', hostId);
  compute = await new TestCompute(files.compute.serverCredentials(), 200).start();
  storage = await new TestCompute(files.storage.serverCredentials(), 200).start();
  port = await freePort();
  startAgent();
  clients.compute = clientOf('compute');
  clients.storage = clientOf('storage');
});
afterAll(async () => {
  await killAgent();
  clients.compute.close();
  clients.storage.close();
  compute.stop();
  storage.stop();
  rmSync(dir, { recursive: true });
  rmSync(authority.dir, { recursive: true });
});

function startAgent(): void {
  const fixtures = join(__dirname, 'fixtures');
  const program = [join(fixtures, 'run-source.mjs'), join(fixtures, 'agent-of-two-kinds.ts')];
  agent = spawn(process.execPath, program, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      THECLOUD_LOG_LEVEL: 'silent',
      THECLOUD_CERTIFICATE_DIR: join(authority.dir, `agent-${hostId}`),
      THECLOUD_CA_FILE: authority.caFile,
      THECLOUD_JOIN_TOKEN_PATH: '/nonexistent',
      THECLOUD_ENROLL_ENDPOINT: '127.0.0.1:1',
      THECLOUD_OPS_ADDRESS: '127.0.0.1:0',
      THECLOUD_AGENT_DATA_DIR: join(dir, 'agent'),
      THECLOUD_AGENT_DRIVER: 'noop',
      THECLOUD_AGENT_LISTEN_ADDRESS: `127.0.0.1:${port}`,
      THECLOUD_AGENT_COMPUTE_TARGET: `127.0.0.1:${compute.port}`,
      THECLOUD_AGENT_IDENTITY_TARGET: '127.0.0.1:1',
      TEST_STORAGE_TARGET: `127.0.0.1:${storage.port}`,
      TEST_VOLUMES_DIR: volumesDir,
    },
  });
}

async function killAgent(): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const gone = new Promise((resolve) => agent.once('exit', resolve));
  agent.kill('SIGKILL');
  await gone;
}

const volumeOrder = (id: string, more: Partial<agentV1.ApplyRequest> = {}): agentV1.ApplyRequest => ({
  ...{ hostId, kind: 'volume', id, controller: 'volume', generation: 1, epoch: 3n, desired: 'present' },
  ...{ driver: '', spec: Buffer.from('10'), ...more },
});
const options = { timeoutMs: 5_000 };
/** Repeated until it is answered, as controllers do; what is refused is. */
const apply = (owner: Owner, order: agentV1.ApplyRequest) =>
  until(
    'an answer',
    () =>
      clients[owner].apply(order, options).catch((error: { code?: string }) => {
        if (error.code !== 'UNAVAILABLE' && error.code !== 'DEADLINE_EXCEEDED') throw error;
      }),
    AGENT_BACK_MS,
  );
const newest = (at: TestCompute, id: string) => at.observed.filter((one) => one.id === id).at(-1);
const pathOf = (id: string) => join(volumesDir, id);

it('takes orders from the owner of their kind alone', async () => {
  const id = newId('instance');
  const order = instanceOrder(hostId, id, { epoch: 900n });
  await apply('compute', order);
  await apply('storage', volumeOrder('vol_a'));
  const refused = { code: 'PERMISSION_DENIED', reason: 'PEER_NOT_ALLOWED' };
  await expect(apply('storage', instanceOrder(hostId, id, { generation: 2 }))).rejects.toMatchObject(refused);
  await expect(apply('compute', volumeOrder('vol_a', { generation: 2 }))).rejects.toMatchObject(refused);
  await expect(clients.storage.observe({ kind: 'instance', id }, options)).rejects.toMatchObject(refused);
  const list = { kind: 'instance', pageSize: 0, pageToken: '' };
  await expect(clients.storage.list(list, options)).rejects.toMatchObject(refused);
});

it('reports to the owner of a kind, and to nobody else', async () => {
  await until('compute hears', () => compute.observed.some(({ phase }) => phase === 'running'));
  await until('storage hears', () => newest(storage, 'vol_a')?.phase === 'present');
  expect(new Set(compute.observed.map(({ kind }) => kind))).toEqual(new Set(['instance']));
  expect(new Set(storage.observed.map(({ kind }) => kind))).toEqual(new Set(['volume']));
  expect(compute.hellos).not.toHaveLength(0);
  expect(storage.hellos).toHaveLength(0);
});

it('keeps what it has accepted, of both kinds, whenever it is killed', async () => {
  const instances = Array.from({ length: 20 }, () => newId('instance'));
  const volumes = instances.map((_, i) => `vol_k${i}`);
  for (const [i, id] of instances.entries()) {
    const orders = [
      apply('compute', instanceOrder(hostId, id, { epoch: 900n })),
      apply('storage', volumeOrder(volumes[i] ?? '')),
    ];
    if (i % 5 === 4) {
      await Promise.race(orders); // one is accepted, of the other nobody knows
      await killAgent();
      startAgent();
    }
    await Promise.all(orders);
  }
  await until(
    'all instances run',
    () => instances.every((id) => newest(compute, id)?.phase === 'running'),
    AGENT_BACK_MS,
  );
  await until(
    'all volumes are there',
    () => volumes.every((id) => newest(storage, id)?.phase === 'present'),
    AGENT_BACK_MS,
  );
});

it('touches nothing of what is there, sets orphans of data aside, and refuses stale leaders of either, when it is back', async () => {
  writeFileSync(join(pathOf('vol_a'), 'data'), 'precious');
  const { ino, mtimeMs } = statSync(pathOf('vol_a'));
  await killAgent();
  mkdirSync(pathOf('vol_stray'));
  writeFileSync(join(pathOf('vol_stray'), 'data'), 'precious, too');
  startAgent();
  await until(
    'the orphan is told',
    () => newest(storage, 'vol_stray')?.phase === 'quarantined',
    AGENT_BACK_MS,
  );
  expect(newest(storage, 'vol_stray')?.generation).toBe(0);
  expect(existsSync(pathOf('vol_stray'))).toBe(false);
  expect(readFileSync(join(volumesDir, 'quarantined', 'vol_stray', 'data'), 'utf8')).toBe('precious, too');
  expect(statSync(pathOf('vol_a'))).toMatchObject({ ino, mtimeMs });
  const stale = { reason: 'STALE_EPOCH' };
  const id = newId('instance');
  await expect(apply('compute', instanceOrder(hostId, id, { epoch: 899n }))).rejects.toMatchObject(stale);
  await expect(apply('storage', volumeOrder('vol_a', { generation: 2, epoch: 2n }))).rejects.toMatchObject(
    stale,
  );
  await apply('storage', volumeOrder('vol_a', { generation: 2, epoch: 3n, spec: Buffer.from('20') }));
  await until('it has grown', () => newest(storage, 'vol_a')?.generation === 2);
});

it('hangs for a while, and goes on where it was', async () => {
  agent.kill('SIGSTOP');
  const order = apply('storage', volumeOrder('vol_late', { epoch: 4n }));
  const [opened] = [storage.openings.length];
  agent.kill('SIGCONT');
  await order;
  await until('it is there', () => newest(storage, 'vol_late')?.phase === 'present');
  expect(storage.openings.length).toBeGreaterThanOrEqual(opened);
});
