import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { convergesWithin, expectConverged } from './converged';
import { Docker } from './docker';
import type { Part } from './part';

jest.setTimeout(180_000);
let cloud: Cloud;
let docker: Docker;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker', processes: true });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
});
afterAll(() => cloud.close());

const SLEEP = { command: ['/bin/sleep', '600'], ports: [{ container_port: 80 }] };

/** Creates and deletes under way; each create is sent again under its key until it is answered, as a client does. */
function traffic(round: string, old: readonly string[]): Promise<Body[]> {
  const creates = Array.from({ length: 4 }, async (_, i) => {
    const key = randomUUID();
    const body = { name: `${round}-${i}`, spec: { type: 'nano-1', image: 'starter', ...SLEEP } };
    const { body: made } = await cloud.admin.until(
      'POST',
      '/v1/instances',
      ({ status }) => status < 500 && status > 0,
      30_000,
      body,
      { 'idempotency-key': key },
    );
    return made;
  });
  const deletes = old.map((id) =>
    cloud.admin.until('DELETE', `/v1/instances/${id}`, ({ status }) => status < 500 && status > 0),
  );
  return Promise.all([Promise.all(creates), Promise.all(deletes)]).then(([made]) => made);
}

let living: string[] = [];

it.each<[string, number, () => Part]>([
  ['control plane', 30, () => cloud.compute],
  ['control plane', 600, () => cloud.compute],
  ['agent', 100, () => cloud.agent],
  ['agent', 900, () => cloud.agent],
])(
  'converges after kill -9 of the %s in the middle of creates and deletes (%s ms in)',
  async (_what, delayMs, part) => {
    const round = `r${randomUUID().slice(0, 8)}`;
    const under = traffic(round, living);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await part().kill();
    const killedAt = Date.now();
    await part().start();
    await part().serving();
    const startMs = Date.now() - killedAt;
    const made = await under;
    expect(made.map((m) => m.metadata?.name)).toEqual([0, 1, 2, 3].map((i) => `${round}-${i}`));
    living = made.map(idOf);
    await expectConverged(cloud, docker, { running: living }, convergesWithin(startMs));
  },
);

it('leaves what runs alone while both are away, and finds it as it was', async () => {
  const before = await Promise.all(living.map(async (id) => (await docker.inspect(id)).State.Pid));
  await cloud.compute.kill();
  await cloud.agent.kill();
  expect(await Promise.all(living.map(async (id) => (await docker.inspect(id)).State.Running))).not.toContain(
    false,
  );
  await cloud.agent.start();
  await cloud.compute.start();
  await cloud.admin.until('GET', `/v1/hosts/${cloud.hostId}`, ({ body }) => body.status?.state === 'ready');
  await expectConverged(cloud, docker, { running: living });
  expect(await Promise.all(living.map(async (id) => (await docker.inspect(id)).State.Pid))).toEqual(before);
});

it('writes no secret into a log', () => {
  const logs = [cloud.compute, cloud.agent].map((part) => readFileSync(part.logFile, 'utf8')).join('\n');
  expect(logs).toContain('"msg"');
  for (const secret of [cloud.admin.key, cloud.stranger.key, cloud.database.password])
    expect(logs).not.toContain(secret);
  expect(logs).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY|Bearer ey/);
});
