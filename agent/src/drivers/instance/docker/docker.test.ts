import { newId } from '@thecloud/kernel';
import Docker from 'dockerode';
import {
  describeWithDocker,
  dockerSocket,
  importTestImage,
  removeContainers,
  sh,
  sleeper,
  testImage,
} from '../../../fixtures/docker';
import { freePort } from '../../../fixtures/free-port';
import { until } from '../../../fixtures/until';
import { instanceDriverContract } from '../../../ports/instance-driver.contract';
import type { InstanceSpec } from '../../../ports/instance-driver';
import { containerName } from './container';
import { DockerInstanceDriver } from './docker';

const never = new AbortController().signal;

describeWithDocker('docker', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  const hostId = newId('host');
  const driver = new DockerInstanceDriver({ socketPath: dockerSocket, hostId, publishAddress: '127.0.0.1' });
  const container = (id: string) => docker.getContainer(containerName(id));

  beforeAll(() => importTestImage(docker));
  afterAll(() => removeContainers(docker, hostId));

  instanceDriverContract(async () => ({
    driver,
    forever: { image: testImage, command: sleeper },
    exits: (code) => ({ image: testImage, command: sh(`echo bye; exit ${code}`) }),
    stranger: {
      kill: (id) => container(id).kill(),
      remove: (id) => container(id).remove(),
    },
    freePort,
  }));

  const spec = (more: Partial<InstanceSpec>): InstanceSpec => ({
    ...{
      id: newId('instance'),
      generation: 1,
      restartNonce: 0,
      specHash: 'h',
      image: testImage,
      command: sleeper,
      env: { A: 'b=c' },
    },
    ...{
      ports: [],
      vcpus: 64,
      memoryMib: 64,
      pids: 32,
      hostname: 'web',
      projectId: 'prj',
      onHostLoss: 'restart',
    },
    ...more,
  });
  const run = async (more: Partial<InstanceSpec>) => {
    const made = spec(more);
    await driver.create(made, never);
    await driver.start(made.id, never);
    return made.id;
  };

  it('locks the container down and limits it, even with more vCPUs than the machine has', async () => {
    const { HostConfig: host, Config: config } = await container(await run({})).inspect();
    expect(host).toMatchObject({
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      Memory: 64 * 2 ** 20,
      MemorySwap: 64 * 2 ** 20,
      CpuQuota: 6_400_000,
      PidsLimit: 32,
      RestartPolicy: { Name: 'no' },
    });
    expect(config).toMatchObject({ Hostname: 'web', Env: ['A=b=c'] });
  });

  it('denies a program what the dropped capabilities are for', async () => {
    const id = await run({ command: sh('/bin/busybox mknod /tmp/disk b 8 0 || exit 9') });
    await until('the exit', async () => (await driver.inspect(id))?.exitCode === 9);
  });

  it('tells when the memory limit killed it', async () => {
    const id = await run({ memoryMib: 16, command: sh('exec /bin/busybox tail /dev/zero') });
    expect(await until('the exit', async () => (await driver.inspect(id))?.phase === 'exited')).toBe(true);
    expect(await driver.inspect(id)).toMatchObject({ outOfMemory: true, exitCode: 137 });
  });

  it('publishes ports on the configured address only', async () => {
    const hostPort = await freePort();
    const command = ['/bin/busybox', 'httpd', '-f', '-p', '80', '-h', '/bin'];
    await run({ command, ports: [{ containerPort: 80, hostPort, protocol: 'tcp' }] });
    const page = await until('an answer', () =>
      fetch(`http://127.0.0.1:${hostPort}/sh`).catch(() => undefined),
    );
    expect(page.status).toBe(200);
    await page.body?.cancel();
  });

  it('says in plain words what Docker refuses', async () => {
    await expect(driver.create(spec({ memoryMib: 1 }), never)).rejects.toMatchObject({
      reason: 'START_FAILED',
      transient: false,
      message: expect.stringMatching(/^The container could not be started: Minimum memory limit/),
    });
  });

  it('kills what does not listen when its time is over, and hurries when a newer order comes', async () => {
    const deaf = await run({ command: sh('trap "" TERM; while :; do /bin/busybox sleep 0.1; done') });
    const newer = new AbortController();
    const slow = driver.stop(deaf, 300_000, newer.signal);
    newer.abort(new Error('superseded'));
    await expect(slow).rejects.toThrow('superseded');
    await driver.stop(deaf, 100, never);
    expect(await driver.inspect(deaf)).toMatchObject({ phase: 'exited', exitCode: 137 });
  });

  it('thaws what a stranger froze, to start it and to stop it', async () => {
    const id = await run({});
    await container(id).pause();
    expect((await driver.inspect(id))?.phase).toBe('paused');
    await driver.start(id, never);
    // Docker may still be telling of the pause when the program runs again already.
    await until('the thaw', async () => (await driver.inspect(id))?.phase === 'running');
    await container(id).pause();
    await driver.stop(id, 5_000, never);
    expect((await driver.inspect(id))?.phase).toBe('exited');
  });

  it('finds a container that was renamed, and leaves those of other hosts alone', async () => {
    const id = await run({});
    await container(id).rename({ name: `renamed-${id}` });
    expect((await driver.inspect(id))?.phase).toBe('running');
    const other = new DockerInstanceDriver({
      socketPath: dockerSocket,
      hostId: newId('host'),
      publishAddress: '127.0.0.1',
    });
    expect(await other.list()).toEqual([]);
    await other.remove(id);
    expect((await driver.inspect(id))?.phase).toBe('running');
  });

  it('says that Docker does not answer when there is none', async () => {
    const lost = new DockerInstanceDriver({
      socketPath: '/nonexistent.sock',
      hostId,
      publishAddress: '127.0.0.1',
    });
    expect(await lost.probe()).toMatchObject({
      ok: false,
      why: expect.stringContaining('Docker does not answer'),
    });
    await expect(lost.list()).rejects.toMatchObject({ reason: 'DRIVER_UNAVAILABLE' });
  });
});
