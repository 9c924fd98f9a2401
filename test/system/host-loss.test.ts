import { eventually } from '@thecloud/testkit';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Docker } from './docker';
import type { Part } from './part';

jest.setTimeout(120_000);

const FENCE_SECONDS = 6;
/** The lease of a silent host, the fence deadline, and to be found, placed and started. */
const MOVED_WITHIN_MS = (8 + FENCE_SECONDS) * 1_000 + 8_000;
const SLEEP = { command: ['/bin/sleep', '600'] };

let cloud: Cloud;
let docker: Docker;
/** A noop host beside the first one, which runs real containers. */
let second: Part;
let secondId: string;
let moves: string;
let job: string;
let stays: string;
let dropped: string;

beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker', processes: true, fenceSeconds: FENCE_SECONDS });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
});
afterAll(() => cloud.close());

const running = async (name: string, spec: Record<string, unknown>) => {
  const id = idOf(await cloud.admin.launch(name, { ...SLEEP, ...spec }));
  await cloud.admin.reaches(id, 'running');
  return id;
};
const instance = async (id: string) => (await cloud.admin.call('GET', `/v1/instances/${id}`)).body.status;
const host = async (id: string) => (await cloud.admin.call('GET', `/v1/hosts/${id}`)).body.status;
const hostIs = (id: string, state: string, patienceMs?: number) =>
  cloud.admin.until('GET', `/v1/hosts/${id}`, ({ body }) => body.status?.state === state, patienceMs);
const instanceIs = (
  id: string,
  wanted: (status: NonNullable<Body['status']>) => boolean,
  patienceMs?: number,
) =>
  cloud.admin.until(
    'GET',
    `/v1/instances/${id}`,
    ({ body }) => !!body.status && wanted(body.status),
    patienceMs,
  );

const holds = async (sql: string, ...values: string[]) =>
  (await cloud.database.query(sql, values)).length > 0;
const armed = (id: string) =>
  eventually(`${id} is armed`, () =>
    holds('select from compute.host where id = $1 and fence_after_ms > 0', id),
  );
const runsInDocker = (id: string) =>
  docker.inspect(id).then(
    ({ State }) => State.Running,
    () => false,
  );

it('arms no fence on the only host: nobody could take over', async () => {
  moves = await running('moves', { ports: [{ container_port: 80 }] });
  job = await running('job', { restart_policy: 'never' });
  stays = await running('stays', { on_host_loss: 'keep' });
  dropped = await running('dropped', {});
  const [row] = await cloud.database.query<{ fence_after_ms: number }>(
    'select fence_after_ms from compute.host where id = $1',
    [cloud.hostId],
  );
  expect(row?.fence_after_ms).toBe(0);
});

it('arms it once there is another', async () => {
  second = await cloud.addHost(64, 65_536);
  const { body } = await cloud.admin.call('GET', '/v1/hosts');
  secondId = (body.hosts ?? []).map(idOf).find((id) => id !== cloud.hostId) ?? '';
  await Promise.all([armed(cloud.hostId), armed(secondId)]);
});

it('starts elsewhere what a lost host ran, after that host has stopped it', async () => {
  await cloud.agent.kill();
  await instanceIs(moves, ({ host_id }) => host_id === secondId, MOVED_WITHIN_MS);
  expect(await runsInDocker(moves)).toBe(false);
  await instanceIs(moves, ({ state, host_id }) => state === 'running' && host_id === secondId, 5_000);
  await instanceIs(job, ({ state, host_id }) => state === 'running' && host_id === secondId, 5_000);
  expect(await runsInDocker(job)).toBe(false);
  expect(await host(cloud.hostId)).toMatchObject({ state: 'dead', reason: 'LOST' });
});

it('explains the move to its owner by an operation', async () => {
  const { body } = await cloud.admin.until(
    'GET',
    `/v1/operations?resource=${moves}`,
    ({ body: { operations } }) => operations?.[0]?.state === 'succeeded',
  );
  expect(body.operations?.map(({ kind }) => kind)).toEqual(['instance.evacuate', 'instance.create']);
  expect(body.operations?.[0]?.steps?.map(({ name }) => name)).toEqual(['leave lost host', 'place', 'start']);
  expect(body.operations?.[0]?.steps?.[0]?.message).toContain('Its host is lost');
});

it('keeps there what is to be kept, and says so', async () => {
  const { body } = await instanceIs(stays, ({ reason }) => reason === 'HOST_LOST');
  expect(body.status).toMatchObject({ state: 'running', host_id: cloud.hostId });
  expect(body.status?.message).toContain('host is lost');
  expect(await runsInDocker(stays)).toBe(true);
});

it('lets go of what is deleted meanwhile, and gives back all that was moved', async () => {
  await instanceIs(dropped, ({ host_id }) => host_id === secondId);
  await cloud.admin.call('DELETE', `/v1/instances/${dropped}`);
  await cloud.admin.vanishes(`/v1/instances/${dropped}`);
  expect(await host(cloud.hostId)).toMatchObject({ allocated_cpu_millicores: 250, instance_count: 1 });
  expect(await host(secondId)).toMatchObject({ allocated_cpu_millicores: 500, instance_count: 2 });
  expect(await holds('select from compute.host_port where host_id = $1', cloud.hostId)).toBe(false);
});

it('clears a host that returns of what was moved away, and leaves alone what was kept', async () => {
  const kept = (await docker.inspect(stays)).State.Pid;
  await cloud.agent.start();
  await hostIs(cloud.hostId, 'ready');
  await instanceIs(stays, ({ state, reason }) => state === 'running' && reason === '');
  await eventually(
    'only the kept one is left',
    async () => (await docker.names()).join() === `thecloud-${stays}`,
  );
  expect((await docker.inspect(stays)).State.Pid).toBe(kept);
  expect(await instance(moves)).toMatchObject({ state: 'running', host_id: secondId });
});

it('ends what a paused agent ran, and the agent does not start it again when it goes on', async () => {
  await cloud.admin.call('POST', `/v1/hosts/${secondId}:cordon`);
  const paused = await running('paused', {});
  await cloud.admin.call('POST', `/v1/hosts/${secondId}:uncordon`);
  await armed(cloud.hostId);
  const { StartedAt } = (await docker.inspect(paused)).State;
  cloud.agent.pause();
  await instanceIs(paused, ({ host_id }) => host_id === secondId, MOVED_WITHIN_MS);
  expect(await runsInDocker(paused)).toBe(false);
  cloud.agent.resume();
  let startedAgain = false;
  await eventually('it is removed', async () => {
    const state = await docker.inspect(paused).then(
      (info) => info.State,
      () => undefined,
    );
    startedAgain ||= state !== undefined && state.StartedAt !== StartedAt;
    return state === undefined;
  });
  expect(startedAgain).toBe(false);
  await hostIs(cloud.hostId, 'ready');
});

it('moves nothing while all hosts are silent, and goes on once half of them answer', async () => {
  const { body } = await cloud.admin.call('POST', `/v1/hosts/${secondId}:cordon`);
  expect(body.status?.state).toBe('ready');
  const first = await running('first', {});
  await cloud.admin.call('POST', `/v1/hosts/${secondId}:uncordon`);
  await Promise.all([armed(cloud.hostId), armed(secondId)]);
  await Promise.all([cloud.agent.kill(), second.kill()]);
  for (const id of [cloud.hostId, secondId])
    await eventually(
      `${id} is past the deadline`,
      () =>
        holds(
          `select from compute.host where id = $1 and suspect_since < now() - ${FENCE_SECONDS + 3} * interval '1 second'`,
          id,
        ),
      60_000,
    );
  for (const id of [cloud.hostId, secondId]) {
    const status = await host(id);
    expect(status).toMatchObject({ state: 'suspect', reason: 'EVACUATION_STOPPED' });
    expect(status?.message).toContain('2 of 2 hosts are silent');
  }
  expect((await instance(first))?.host_id).toBe(cloud.hostId);
  await second.start();
  await hostIs(cloud.hostId, 'dead', 60_000);
  await instanceIs(first, ({ state, host_id }) => state === 'running' && host_id === secondId);
  await cloud.agent.start();
  await eventually(
    'only the kept one is left',
    async () => (await docker.names()).join() === `thecloud-${stays}`,
  );
});
