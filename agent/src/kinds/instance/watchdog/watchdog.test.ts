import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentV1 } from '@thecloud/api';
import {
  docker as dockerEngine,
  freePort,
  isAlive,
  launch,
  readPidFile,
  send,
  spareBridge,
  writePidFile,
} from '@thecloud/engines';
import type { ProcessIdentity } from '@thecloud/engines';
import { newId } from '@thecloud/kernel';
import { CertificateFiles, createClient } from '@thecloud/service-kit';
import Docker from 'dockerode';
import { instanceOrder } from '../../../fixtures/apply';
import { TestAuthority } from '../../../fixtures/certificates';
import { TestCompute } from '../../../fixtures/compute';
import { importTestImage, sleeper, testImage } from '../../../fixtures/docker';
import { hasPassed, readDeadline } from '../../../fence/deadline';
import { until } from '../../../fixtures/until';

jest.setTimeout(120_000);

/** The agent as a process of its own, so that it can be killed; its tests run what `tsc -b` has made. */
const PROGRAM = join(__dirname, '../../../../dist/main.js');
const FENCE_AFTER_MS = 4_000;

const dir = mkdtempSync(join(tmpdir(), 'watchdog-'));
const dataDir = join(dir, 'agent');
const pidFile = join(dataDir, 'fence', 'watchdog-2.pid');
const engine = dockerEngine({ dir, adopt: false, bridge: spareBridge(), iptables: false });
const authority = new TestAuthority();
const hostId = newId('host');
const computeFiles = new CertificateFiles(authority.issue('compute', 'c1'));
const restarting = newId('instance');
const kept = newId('instance');
const changed = newId('instance');
let docker: Docker;
let compute: TestCompute;
let agent: ChildProcess;
let agentPort: number;
let watchdog: ProcessIdentity | undefined;

beforeAll(async () => {
  await engine.start();
  docker = new Docker({ socketPath: socket() });
  await importTestImage(docker);
  authority.issue('agent', hostId);
  agentPort = await freePort();
  compute = await new TestCompute(computeFiles.serverCredentials(), 200).start();
  compute.fenceAfterMs = FENCE_AFTER_MS;
});
afterAll(async () => {
  agent.kill('SIGKILL');
  compute.stop();
  await engine.destroy();
  rmSync(dir, { recursive: true });
  rmSync(authority.dir, { recursive: true });
  // The watchdog ends with the agent's directory.
  if (watchdog) {
    const itself = watchdog;
    await until('the watchdog to end', () => !isAlive(itself), 5_000).finally(() => send(itself, 'SIGKILL'));
  }
});

const socket = () => engine.endpoint.replace(/^unix:\/\//, '');

function startAgent(): void {
  agent = spawn(process.execPath, [PROGRAM], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      THECLOUD_LOG_LEVEL: 'silent',
      THECLOUD_CERTIFICATE_DIR: join(authority.dir, `agent-${hostId}`),
      THECLOUD_CA_FILE: authority.caFile,
      THECLOUD_JOIN_TOKEN_PATH: '/nonexistent',
      THECLOUD_ENROLL_ENDPOINT: '127.0.0.1:1',
      THECLOUD_OPS_ADDRESS: '127.0.0.1:0',
      THECLOUD_AGENT_DATA_DIR: dataDir,
      THECLOUD_AGENT_DRIVER: 'docker',
      THECLOUD_AGENT_DOCKER_SOCKET: socket(),
      THECLOUD_AGENT_LISTEN_ADDRESS: `127.0.0.1:${agentPort}`,
      THECLOUD_AGENT_COMPUTE_TARGET: `127.0.0.1:${compute.port}`,
      THECLOUD_AGENT_IDENTITY_TARGET: '127.0.0.1:1',
    },
  });
}

async function killAgent(): Promise<void> {
  const gone = new Promise((resolve) => agent.once('exit', resolve));
  agent.kill('SIGKILL');
  await gone;
}

async function withAgent<T>(work: (client: ReturnType<typeof clientOf>) => Promise<T>): Promise<T> {
  const client = clientOf();
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
const clientOf = () =>
  createClient(agentV1.AgentServiceClient, {
    target: `127.0.0.1:${agentPort}`,
    credentials: computeFiles.channelCredentials(),
    serverKind: 'agent',
  });

const apply = (instanceId: string, generation: number, onHostLoss: string) =>
  withAgent((client) => {
    const config = { image: testImage, command: sleeper, restartPolicy: 'never', onHostLoss };
    return client.apply(instanceOrder(hostId, instanceId, { generation, config }), { timeoutMs: 10_000 });
  });

const state = async (id: string) => (await docker.getContainer(`thecloud-${id}`).inspect()).State;
const runs = async (id: string) =>
  state(id).then(
    ({ Running }) => Running,
    () => false,
  );

it('is started with the first deadline in place of one of the release before, and compute is told that it keeps it', async () => {
  const old = await launch({ program: '/bin/sleep', args: ['600'] }, join(dir, 'old.log'));
  if (!old) throw new Error('sleep did not start');
  mkdirSync(join(dataDir, 'fence'), { recursive: true });
  writePidFile(join(dataDir, 'fence', 'watchdog.pid'), old); // of release 0.1.0, which cannot read today's journal
  startAgent();
  await until('a beat that says so', () => compute.beats.at(-1)?.armedFenceMs === FENCE_AFTER_MS, 60_000);
  watchdog = readPidFile(pidFile);
  expect(watchdog).toBeDefined();
  expect(isAlive(old)).toBe(false);
});

it('kills nothing while compute answers', async () => {
  await apply(restarting, 1, 'restart');
  await apply(kept, 1, 'keep');
  await apply(changed, 1, 'keep');
  await until('all run', async () => (await runs(restarting)) && (await runs(kept)) && (await runs(changed)));
  // Their containers are not made anew for it: only the journal knows.
  await apply(changed, 2, 'restart');
  const beats = compute.beats.length;
  await until('more than a deadline of beats', () => compute.beats.length > beats + FENCE_AFTER_MS / 150);
  expect(await runs(restarting)).toBe(true);
});

it('outlives a killed agent, and kills past the deadline what may restart elsewhere, and only that', async () => {
  compute.stop();
  await killAgent();
  await until('it is killed', async () => !(await runs(restarting)) && !(await runs(changed)));
  expect(hasPassed(readDeadline(dataDir))).toBe(true);
  expect(await runs(kept)).toBe(true);
  expect(readPidFile(pidFile)).toEqual(watchdog);
});

it('is found by the next agent, which starts none of it while compute is away', async () => {
  const before = await state(restarting);
  startAgent();
  const seen = await until(
    'the agent has looked',
    () =>
      withAgent((client) =>
        client.list({ kind: 'instance', pageSize: 0, pageToken: '' }, { timeoutMs: 2_000 }),
      ).catch(() => undefined),
    60_000,
  );
  expect(seen.observed.find((i) => i.id === kept)?.phase).toBe('running');
  // An order that comes now is taken, and held too.
  await apply(restarting, 2, 'restart');
  await apply(kept, 2, 'keep');
  await until('the one to be kept is carried out', () =>
    withAgent((client) => client.observe({ kind: 'instance', id: kept }, { timeoutMs: 2_000 })).then(
      ({ generation }) => generation === 2,
    ),
  );
  expect(await state(restarting)).toEqual(before);
  expect(readPidFile(pidFile)).toEqual(watchdog);
});

it('lets all that is still placed there run again once compute has answered a hello', async () => {
  compute.placed = [restarting, kept];
  await compute.start();
  await until('it runs', () => runs(restarting));
  expect(await runs(kept)).toBe(true);
  expect(await runs(changed)).toBe(false);
});

it('is started again when somebody kills it', async () => {
  if (watchdog) send(watchdog, 'SIGKILL');
  const next = await until('another', () => {
    const now = readPidFile(pidFile);
    return now?.pid === watchdog?.pid ? undefined : now;
  });
  watchdog = next;
});

it('ends when nobody would take over any more, and what runs goes on', async () => {
  compute.fenceAfterMs = 0;
  await until('it ends', () => readPidFile(pidFile) === undefined);
  expect(existsSync(join(dataDir, 'fence', 'deadline.json'))).toBe(false);
  expect(await runs(restarting)).toBe(true);
  expect(readFileSync(join(dataDir, 'fence', 'watchdog.log'), 'utf8')).toContain(restarting);
});
