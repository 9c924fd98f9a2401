import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventually } from '@thecloud/testkit';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { expectConverged } from './converged';
import { Docker } from './docker';

/** containerd dies while it starts instances: what it leaves half-started stands in nobody's way. */
jest.setTimeout(300_000);
const ROUNDS = 2;
const AT_ONCE = 6;
const WITHIN_MS = 90_000;
let cloud: Cloud;
let docker: Docker;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
});
afterAll(() => cloud.close());

/** Of the Docker of this cloud: processes that hold its containers. */
function shims(): string[] {
  return globSync('/proc/[0-9]*/cmdline').filter((file) => {
    try {
      const line = readFileSync(file, 'utf8');
      return line.includes('containerd-shim') && line.includes(dirname(cloud.dockerSocket));
    } catch {
      return false; // it has ended
    }
  });
}

it('instances that containerd was starting when it was killed run, once', async () => {
  const pidFile = join(dirname(cloud.dockerSocket), 'exec/containerd/containerd.pid');
  // Where a system-wide containerd runs, Docker uses that one, and it is not ours to kill.
  if (!existsSync(pidFile)) return;
  const made: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = shims().length;
    const launched = Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        cloud.admin.launch(`started-${round}-${i}`, { ports: [{ container_port: 8080 }] }),
      ),
    );
    await eventually('some are being started', () => shims().length > before + 1);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    made.push(...(await launched).map(idOf));
    await expectConverged(cloud, docker, { running: made }, WITHIN_MS);
  }
  expect(shims()).toHaveLength(made.length);
  for (const id of made) await cloud.admin.call('DELETE', `/v1/instances/${id}`);
  await expectConverged(cloud, docker, { running: [] }, WITHIN_MS);
  await eventually('no process of theirs is left', () => shims().length === 0);
});
