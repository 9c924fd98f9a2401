import { newId } from '@thecloud/kernel';
import Docker from 'dockerode';
import { DockerImageDriver } from './drivers/image/docker';
import { containerName } from './drivers/docker/container';
import { DockerInstanceDriver } from './drivers/docker/docker';
import {
  describeWithDocker,
  dockerSocket,
  importTestImage,
  removeContainers,
  sh,
  sleeper,
  testImage,
} from '../../fixtures/docker';
import { TestHost } from '../../fixtures/host';
import { until } from '../../fixtures/until';
import { driverSpecOf } from './spec';

/** "A container killed, removed or stopped behind our back is seen within 2 s": the waits below are that promise. */
const SEEN_MS = 2_000;

describeWithDocker('an agent on Docker', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  let host: TestHost;
  let hostId: string;
  let id: string;
  const container = () => docker.getContainer(containerName(id));
  const start = () => {
    const driver = new DockerInstanceDriver({
      socketPath: dockerSocket,
      hostId,
      publishAddress: '127.0.0.1',
    });
    const images = new DockerImageDriver({ socketPath: dockerSocket }, async () => undefined);
    return new TestHost(driver, images, { image: testImage, command: sleeper }).start();
  };
  beforeAll(() => importTestImage(docker));
  beforeEach(async () => {
    hostId = newId('host');
    id = newId('instance');
    host = await start();
  });
  afterEach(async () => {
    await host.close();
    await removeContainers(docker, hostId);
  });

  const running = async (restartPolicy: 'always' | 'on-failure' | 'never') => {
    await host.apply(id, 1, { config: { restartPolicy } });
    return host.observed(id, { phase: 'running' });
  };

  const strangers: Record<string, () => Promise<unknown>> = {
    killed: () => container().kill(),
    stopped: () => container().stop({ t: 1 }),
    removed: () => container().remove({ force: true }),
  };

  it.each(['killed', 'stopped', 'removed'])('is back within 2 s under always when %s', async (how) => {
    const { startedAt } = await running('always');
    await strangers[how]?.();
    const again = (seen?: Docker.ContainerInspectInfo) =>
      seen?.State.Running && new Date(seen.State.StartedAt) > (startedAt ?? 0);
    await until(
      'it runs again',
      async () =>
        again(
          await container()
            .inspect()
            .catch(() => undefined),
        ),
      SEEN_MS,
    );
    await host.observed(id, { phase: 'running', restartCount: 1 });
  });

  it.each([
    ['killed', { phase: 'exited' as const, exitCode: 137 }],
    ['stopped', { phase: 'exited' as const, exitCode: 0 }],
    ['removed', { phase: 'exited' as const, problemReason: 'REMOVED' }],
  ])('is seen within 2 s under never when %s, and left so', async (how, facts) => {
    await running('never');
    await strangers[how]?.();
    await host.observed(id, facts, SEEN_MS);
    expect(host.seen(id).restartCount).toBe(0);
  });

  it('restarts under on-failure after a failure only', async () => {
    await running('on-failure');
    await container().kill();
    await host.observed(id, { phase: 'running', restartCount: 1 }, SEEN_MS);
    await container().stop({ t: 1 });
    await host.observed(id, { phase: 'exited', exitCode: 0, restartCount: 1 }, SEEN_MS);
  });

  it('tells of a program that does not exist', async () => {
    await host.apply(id, 1, { config: { command: ['/no/such'], restartPolicy: 'never' } });
    const seen = await host.observed(id, { phase: 'exited', problemReason: 'START_FAILED', exitCode: 127 });
    expect(seen.problemMessage).toContain('/no/such');
    expect(seen.problemMessage).not.toMatch(/OCI|runc/);
  });

  it('tells of memory that was not enough', async () => {
    const config = {
      restartPolicy: 'never' as const,
      memoryMib: 16,
      command: sh('exec /bin/busybox tail /dev/zero'),
    };
    await host.apply(id, 1, { config });
    const seen = await host.observed(id, { phase: 'exited', problemReason: 'OUT_OF_MEMORY' });
    expect(seen.problemMessage).toMatch(/ended with code 137.*the kernel had killed a process in it.*16 MiB/);
  });

  it('tells of a registry that does not answer', async () => {
    await host.apply(id, 1, { config: { image: '127.0.0.1:1/none@sha256:' + '0'.repeat(64) } });
    await host.observed(id, { phase: 'failed', problemReason: 'REGISTRY_UNAVAILABLE' });
    await host.apply(id, 2, { desired: 'absent' });
    await host.observed(id, { phase: 'absent', generation: 2 });
  });

  it('keeps what was written over stop, start and restart', async () => {
    const command = sh(
      'echo run >> /tmp/runs; trap "exit 0" TERM; while :; do /bin/busybox sleep 0.05; done',
    );
    await host.apply(id, 1, { config: { command } });
    await host.observed(id, { phase: 'running', generation: 1 });
    const first = (await container().inspect()).Id;
    await host.apply(id, 2, { config: { command }, desired: 'stopped' });
    await host.observed(id, { phase: 'exited', generation: 2 });
    await host.apply(id, 3, { config: { command } });
    await host.observed(id, { phase: 'running', generation: 3 });
    await host.apply(id, 4, { config: { command }, restartNonce: 1 });
    await host.observed(id, { phase: 'running', generation: 4 });
    expect((await container().inspect()).Id).toBe(first);
  });

  it('does not touch what runs when the agent comes and goes', async () => {
    await running('always');
    const before = await container().inspect();
    await host.restart();
    await host.observed(id, { phase: 'running', generation: 1 });
    expect(await container().inspect()).toEqual(before);
  });

  it('finishes a container that was created and never started', async () => {
    await running('always');
    await host.agent.close();
    await container().remove({ force: true });
    const order = host.order(id, 1);
    if (!order.spec.config) throw new Error('no config');
    const spec = driverSpecOf(order, order.spec.config);
    await host.driver.create(spec, new AbortController().signal);
    await host.start();
    await host.observed(id, { phase: 'running' });
  });

  it('hurries a slow stop when the order is to be absent', async () => {
    const command = sh('trap "" TERM; while :; do /bin/busybox sleep 0.1; done');
    await host.apply(id, 1, { config: { command } });
    await host.observed(id, { phase: 'running' });
    await host.apply(id, 2, { config: { command }, desired: 'stopped', graceSeconds: 300 });
    await host.apply(id, 3, { desired: 'absent', graceSeconds: 0 });
    await host.observed(id, { phase: 'absent', generation: 3 }, 5_000);
  });
});
