import { newId } from '@thecloud/kernel';
import Docker from 'dockerode';
import {
  describeWithDocker,
  dockerSocket,
  importTestImage,
  removeContainers,
  sh,
  testImage,
} from '../../../../fixtures/docker';
import { FaultyDocker } from '../../../../fixtures/faulty-docker';
import { until } from '../../../../fixtures/until';
import { DockerInstanceDriver } from './docker';

const never = new AbortController().signal;
const deaf = 'trap "" TERM; echo ready; while :; do /bin/busybox sleep 0.05; done';
const polite =
  'trap "/bin/busybox sleep 0.5; exit 5" TERM; echo ready; while :; do /bin/busybox sleep 0.05; done';

describeWithDocker('stopping, while Docker fails at it', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  const hostId = newId('host');
  const faulty = new FaultyDocker();
  const driver = new DockerInstanceDriver({
    ...{ socketPath: faulty.socketPath, hostId, publishAddress: '127.0.0.1' },
  });

  const run = async (script: string) => {
    const id = newId('instance');
    const spec = {
      ...{
        id,
        generation: 1,
        restartNonce: 0,
        specHash: 'h',
        image: testImage,
        command: sh(script),
        env: {},
      },
      ...{ ports: [], entrypoint: [], cpuMillicores: 1_000, memoryMib: 64, pids: 32, hostname: 'web' },
      ...{ projectId: 'prj', onHostLoss: 'restart' as const },
    };
    await driver.create(spec, never);
    await driver.start(id, never);
    await until('its trap', async () => (await driver.tail(id, 100)) === 'ready');
    return id;
  };

  beforeAll(async () => {
    await importTestImage(docker);
    await faulty.open();
  });
  beforeEach(() => {
    faulty.refuses = undefined;
    faulty.refused = 0;
  });
  afterAll(async () => {
    await faulty.close();
    await removeContainers(docker, hostId);
  });

  const wait = /^POST \S+\/wait/;
  const politeKill = /^POST \S+\/kill\?signal=SIGTERM/;
  it.each([
    ['the wait', wait],
    ['the polite signal', politeKill],
    ['both', new RegExp(`${wait.source}|${politeKill.source}`)],
  ])('kills what does not listen when %s fails, and removes it', async (_, refuses) => {
    const id = await run(deaf);
    faulty.refuses = refuses;
    await driver.stop(id, 500, never);
    expect(faulty.refused).toBeGreaterThan(0);
    expect(await driver.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 137 });
    await driver.remove(id);
    expect(await driver.inspect(id)).toBeUndefined();
  });

  it.each([
    ['the wait', wait],
    ['the polite signal', politeKill],
  ])('leaves a program its grace when %s fails', async (_, refuses) => {
    const id = await run(polite);
    faulty.refuses = refuses;
    await driver.stop(id, 20_000, never);
    expect(faulty.refused).toBeGreaterThan(0);
    expect(await driver.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 5 });
  });

  it('says why Docker cannot kill either, in words of ours', async () => {
    const id = await run(deaf);
    faulty.refuses = /^POST \S+\/kill/;
    await expect(driver.stop(id, 100, never)).rejects.toThrow(
      'The container could not be stopped: The disk of the host is full.',
    );
  });
});
