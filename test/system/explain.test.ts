import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { listenFrom } from './ports';

/** Whatever goes wrong, the operation says what it was and what to do next: read as its owner reads it. */
jest.setTimeout(120_000);
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());
afterEach(async () => {
  const { body } = await cloud.admin.call('GET', '/v1/instances');
  for (const instance of body.instances ?? []) {
    await cloud.admin.call('DELETE', `/v1/instances/${idOf(instance)}`);
    await cloud.admin.vanishes(`/v1/instances/${idOf(instance)}`);
  }
});

let count = 0;
const launch = (spec: Record<string, unknown>) =>
  cloud.admin.launch(`explain-${(count += 1)}`, { command: ['/bin/sleep', '600'], ...spec });
const sh = (script: string) => ({ command: ['/bin/sh', '-c', script] });

/** How the newest operation of an instance ended. */
async function ended(instance: Body): Promise<Body> {
  const path = `/v1/operations/${instance.metadata?.operation_id}`;
  const { body } = await cloud.admin.until('GET', path, ({ body: { state } }) => state !== 'running', 60_000);
  return body;
}

/** Fails for that reason, in words that match; with an advice, and the same told by the instance itself. */
async function expectFailed(instance: Body, reason: string, message: RegExp): Promise<void> {
  const { state, error, steps } = await ended(instance);
  expect({ state, reason: error?.reason }).toEqual({ state: 'failed', reason });
  expect(error?.message).toMatch(message);
  expect(error?.advice).toMatch(/\w+ .+\.$/);
  expect(steps?.at(-1)?.state).toBe('failed');
  const { status } = (await cloud.admin.call('GET', `/v1/instances/${idOf(instance)}`)).body;
  expect(status?.reason).toBe(reason);
}

describe('a program that ends at once', () => {
  it.each(['never', 'always', 'on-failure'])(
    'fails its launch, with exit code and last lines (%s)',
    async (restart_policy) => {
      const instance = await launch({ ...sh('echo cannot bind to port 80 >&2; exit 3'), restart_policy });
      await expectFailed(instance, 'EXITED', /code 3 after [\d.]+ s.*\n?.*cannot bind to port 80/s);
    },
  );

  it('fails its start and its restart as well', async () => {
    const instance = await launch({
      ...sh('[ ! -e /tmp/ran ] || { echo second run; exit 4; }; touch /tmp/ran; exec sleep 600'),
      restart_policy: 'never',
    });
    expect((await ended(instance)).state).toBe('succeeded');
    const again = await cloud.admin.call('POST', `/v1/instances/${idOf(instance)}:restart`, {});
    await expectFailed(again.body, 'EXITED', /code 4.*second run/s);
  });

  it('has done its job if it was not to run on: code 0 under never', async () => {
    const instance = await launch({ ...sh('echo done'), restart_policy: 'never' });
    expect((await ended(instance)).state).toBe('succeeded');
    await cloud.admin.reaches(idOf(instance), 'stopped');
  });

  it('is a failure if it was: code 0 under always', async () => {
    await expectFailed(
      await launch({ ...sh('echo done'), restart_policy: 'always' }),
      'EXITED',
      /code 0.*done/s,
    );
  });

  it('that does not exist is named', async () => {
    const instance = await launch({ command: ['/bin/nothing'], restart_policy: 'never' });
    const { state, error } = await ended(instance);
    expect(state).toBe('failed');
    expect(['EXITED', 'START_FAILED']).toContain(error?.reason); // as the engine has docker-init, or not
    expect(error?.message).toContain('/bin/nothing');
  });
});

it('a limit that was hit: the memory of its type, also if that comes later than the launch', async () => {
  const id = idOf(await launch({ command: ['/bin/busybox', 'tail', '/dev/zero'], restart_policy: 'never' }));
  const { status } = await cloud.admin.reaches(id, 'failed', 60_000);
  expect(status?.reason).toBe('OUT_OF_MEMORY');
  expect(status?.message).toContain('128 MiB');
});

it('a host port that another program on the host holds', async () => {
  const server = createServer().listen(0, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const instance = await launch({ ports: [{ container_port: 80, host_port: port }] });
    await expectFailed(instance, 'PORT_TAKEN', new RegExp(`port ${port}`));
  } finally {
    server.close();
  }
});

describe('a host port that the cloud chose, and that another program on the host holds', () => {
  /** So that the cloud has no choice but these. */
  const onlyFree = (...ports: number[]) =>
    cloud.database.query(
      `insert into compute.host_port select $1, 'tcp', p, 'others', 1 from generate_series(20000, 29999) p
        where p <> all($2::int[])`,
      [cloud.hostId, ports],
    );
  afterEach(() => cloud.database.query(`delete from compute.host_port where instance_id = 'others'`));
  const portOf = async (instance: Body) => {
    const { body } = await cloud.admin.call('GET', `/v1/instances/${idOf(instance)}`);
    return body.status?.ports?.[0]?.host_port;
  };
  const published = { ports: [{ container_port: 80 }] };

  it('is left for another', async () => {
    const [holder, free] = [await listenFrom(29_999, -1), await listenFrom(20_000, 1)];
    free.close();
    try {
      await onlyFree(holder.port, free.port);
      const instance = await launch(published);
      expect(await ended(instance)).toMatchObject({ state: 'succeeded' });
      expect(await portOf(instance)).toBe(free.port);
    } finally {
      holder.close();
    }
  });

  it('is kept by one that has run, which fails, until an update has it choose again', async () => {
    const instance = await launch(published);
    const path = `/v1/instances/${idOf(instance)}`;
    expect(await ended(instance)).toMatchObject({ state: 'succeeded' });
    const port = (await portOf(instance)) ?? 0;
    await cloud.admin.call('POST', `${path}:stop`, {});
    await cloud.admin.reaches(idOf(instance), 'stopped');
    const holder = await listenFrom(port, 1);
    try {
      const started = await cloud.admin.call('POST', `${path}:start`, {});
      await expectFailed(started.body, 'PORT_TAKEN', new RegExp(`port ${port}`));
      const updated = await cloud.admin.call('PATCH', path, { spec: published });
      expect(await ended(updated.body)).toMatchObject({ state: 'succeeded' });
      expect(await portOf(instance)).not.toBe(port);
    } finally {
      holder.close();
    }
  });

  it('is not given if none is left at all: the hosts are counted by that', async () => {
    await onlyFree();
    await expectFailed(await launch(published), 'NO_CAPACITY', /1 host: too few host ports left/);
  });

  it('fails the launch if there is no other, and a start finds one that has become free', async () => {
    const [holder, free] = [await listenFrom(29_900, -1), await listenFrom(20_100, 1)];
    free.close();
    try {
      await onlyFree(holder.port);
      const instance = await launch(published);
      await expectFailed(instance, 'PORT_TAKEN', new RegExp(`port ${holder.port}`));
      await cloud.database.query('delete from compute.host_port where port = $1', [free.port]);
      const again = await cloud.admin.call('POST', `/v1/instances/${idOf(instance)}:start`, {});
      const operation = await ended(again.body);
      expect(operation).toMatchObject({ state: 'succeeded' });
      expect(operation.steps?.map(({ name }) => name)).toContain('choose another port');
      expect(await portOf(instance)).toBe(free.port);
    } finally {
      holder.close();
    }
  });
});

it('no room: the hosts are counted by what is in the way', async () => {
  const tiny = await cloud.addHost(1, 64);
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:cordon`, {});
  try {
    const instance = await launch({});
    await expectFailed(
      instance,
      'NO_CAPACITY',
      /1 host: not enough memory.*1 host: cordoned|1 host: cordoned.*1 host: not enough memory/,
    );
  } finally {
    await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:uncordon`, {});
    await tiny.stop();
  }
});

it('an image that nobody has: refused at once, by name', async () => {
  const { status, body } = await cloud.admin.call('POST', '/v1/instances', {
    name: 'no-image',
    spec: { type: 'nano-1', image: 'nothing' },
  });
  expect({ status, reason: body.reason }).toEqual({ status: 400, reason: 'IMAGE_UNKNOWN' });
  expect(body.detail).toMatch(/Import it first/);
});

it('an image that the registry has lost', async () => {
  const image = await cloud.importStarter(cloud.admin, 'lost');
  await cloud.loseImage(image);
  await expectFailed(await launch({ image: 'lost' }), 'IMAGE_MISSING', /has no image/);
});

it('a registry that is away; and it runs by itself once that is back', async () => {
  await cloud.importStarter(cloud.admin, 'fresh');
  await cloud.registry.stop();
  const instance = await launch({ image: 'fresh' });
  try {
    await expectFailed(instance, 'REGISTRY_UNAVAILABLE', /does not answer/);
  } finally {
    await cloud.registry.start();
  }
  await cloud.admin.reaches(idOf(instance), 'running', 60_000);
});
