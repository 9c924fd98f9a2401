import { randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { starterImage } from '@thecloud/all-in-one';
import { methods } from '@thecloud/api';
import type { Engine } from '@thecloud/engines';
import { eventually, Relay } from '@thecloud/testkit';
import { idOf } from './api';
import type { Answer, Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { expectConverged } from './converged';
import { Docker } from './docker';

/** An engine is away, then back: what goes on, what is refused and how, and that everything recovers by itself. */
jest.setTimeout(180_000);
let cloud: Cloud;
let docker: Docker;
let postgresPort = 0;
const postgres = new Relay(() => postgresPort);
beforeAll(async () => {
  await postgres.mend();
  cloud = await startCloud({
    driver: 'docker',
    databaseThrough: (url) => {
      const through = new URL(url);
      postgresPort = Number(through.port);
      through.port = String(postgres.port);
      return through.href;
    },
  });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
});
afterAll(async () => {
  await cloud.close();
  await postgres.cut();
});

const SLEEP = { command: ['/bin/sleep', '600'] };
const running = async (name: string) => {
  const id = idOf(await cloud.admin.launch(name, SLEEP));
  await cloud.admin.reaches(id, 'running');
  return { id, pid: (await docker.inspect(id)).State.Pid };
};
const pidOf = async (id: string) => (await docker.inspect(id)).State.Pid;
const instance = async (id: string) => (await cloud.admin.call('GET', `/v1/instances/${id}`)).body;
const remove = async (id: string) => {
  await cloud.admin.until('DELETE', `/v1/instances/${id}`, ({ status }) => status < 500 && status > 0);
  await cloud.admin.vanishes(`/v1/instances/${id}`);
};

describe('etcd away', () => {
  const epochs = () =>
    cloud.database.query<{ controller: string; epoch: string }>(
      'select controller, epoch from compute.leader order by controller',
    );

  it('leaves instances and reads alone, accepts writes and does them later, and has no second leader', async () => {
    const before = await running('before-etcd');
    const led = await epochs();
    await cloud.engines.etcd.stop();
    try {
      expect((await instance(before.id)).status?.state).toBe('running');
      const accepted = await cloud.admin.launch('during-etcd', SLEEP);
      expect(await epochs()).toEqual(led);
      expect(await pidOf(before.id)).toBe(before.pid);
      const { status } = await cloud.admin.call('GET', `/v1/operations/${accepted.metadata?.operation_id}`);
      expect(status).toBe(200);

      await cloud.engines.etcd.start();
      await cloud.admin.reaches(idOf(accepted), 'running', 60_000);
      expect(await pidOf(before.id)).toBe(before.pid);
      const now = await epochs();
      expect(now.map((l) => l.controller)).toEqual(led.map((l) => l.controller));
      now.forEach((l, i) => expect(BigInt(l.epoch)).toBeGreaterThanOrEqual(BigInt(led[i]?.epoch ?? 0)));
      for (const id of [before.id, idOf(accepted)]) await remove(id);
    } finally {
      await cloud.engines.etcd.start();
    }
  });
});

describe('PostgreSQL away', () => {
  const routes = methods.filter((m) => m.http && !m.auth.public && !m.responseStream && !m.requestStream);

  it('answers 503 with Retry-After on every route, soon, and recovers by itself', async () => {
    const before = await running('before-postgres');
    await postgres.cut();
    try {
      const refused = ({ status, headers }: Answer) =>
        status === 503 && Number(headers.get('retry-after')) > 0;
      const login = { email: 'admin@example.com', password: 'whatever it is' };
      const first = [
        await cloud.admin.call('GET', `/v1/instances/${before.id}`),
        await cloud.admin.call('GET', '/v1/instances'),
        await cloud.admin.call('POST', `/v1/instances/${before.id}:stop`, {}),
        await cloud.admin.call('POST', '/v1/sessions', login),
      ];
      expect(first.filter((answer) => !refused(answer))).toEqual([]);
      // From here on the gateway no longer remembers the key: every route needs the database.
      await cloud.stranger.until('GET', '/v1/instance-types', refused);
      const answers = await Promise.all(
        routes.map(async ({ rpc, http }) => {
          const path = (http?.path ?? '').replace(/\{[^}]+\}/g, before.id);
          const answer = await cloud.stranger.call(http?.verb ?? 'GET', path, http?.body ? {} : undefined);
          return { rpc, status: answer.status, refused: refused(answer) };
        }),
      );
      expect(answers.length).toBeGreaterThan(20);
      expect(answers.filter((answer) => !answer.refused)).toEqual([]);
      expect(await pidOf(before.id)).toBe(before.pid);
    } finally {
      await postgres.mend();
    }
    await cloud.admin.reaches(before.id, 'running');
    const after = await running('after-postgres');
    expect(await pidOf(before.id)).toBe(before.pid);
    for (const { id } of [before, after]) await remove(id);
  });
});

describe('Docker away', () => {
  it('is told by the host and by each instance, none of which vanishes; all is well when it is back', async () => {
    const engine = cloud.dockerEngine;
    if (!engine) throw new Error('this cloud has no Docker');
    const { id, pid } = await running('through-docker');
    const other = await running('stopped-meanwhile');
    await engine.stop();
    try {
      const host = `/v1/hosts/${cloud.hostId}`;
      await cloud.admin.until('GET', host, ({ body }) => body.status?.reason === 'DRIVER_UNAVAILABLE');
      const told = await cloud.admin.until(
        'GET',
        `/v1/instances/${id}`,
        ({ body }) => body.status?.reason === 'DRIVER_UNAVAILABLE',
      );
      expect(told.body.status).toMatchObject({
        state: 'running',
        message: expect.stringContaining('Nobody knows whether it still runs'),
      });
      const listed = (await cloud.admin.call('GET', '/v1/instances')).body.instances ?? [];
      expect(listed.map(idOf).sort()).toEqual([id, other.id].sort());
      expect(() => process.kill(pid, 0)).not.toThrow();

      const asked = await cloud.admin.call('POST', `/v1/instances/${other.id}:stop`, { grace_seconds: 1 });
      expect(asked.status).toBe(202);
      expect((await instance(other.id)).status?.state).toBe('stopping');
      await engine.start();
      await cloud.admin.reaches(other.id, 'stopped', 60_000);
      await cloud.admin.until('GET', host, ({ body }) => body.status?.reason === '');
      await cloud.admin.until(
        'GET',
        `/v1/instances/${id}`,
        ({ body }) => body.status?.state === 'running' && body.status.reason === '',
      );
      expect(await pidOf(id)).toBe(pid);
      for (const one of [id, other.id]) await remove(one);
    } finally {
      await engine.start();
    }
  });
});

describe('kill -9 under traffic', () => {
  it.each<[string, () => Engine]>([
    ['NATS', () => cloud.engines.nats],
    ['etcd', () => cloud.engines.etcd],
    ['the registry', () => cloud.registry],
  ])('of %s loses no write, and all goes on by itself', async (_, engineOf) => {
    const engine = engineOf();
    const round = randomUUID().slice(0, 8);
    const before = await running(`before-${round}`);
    const tarball = await starterImage();
    const answers: Answer[] = [];
    const isGood = ({ status }: Answer) => status >= 200 && status < 300;
    let going = true;
    /** Reads, announces hosts and uploads, one after the other; a refusal is noted, and the next one is made. */
    const traffic = async () => {
      for (let n = 0; going; n += 1)
        answers.push(
          await cloud.admin.call('GET', `/v1/instances/${before.id}`),
          await cloud.admin.call('POST', '/v1/hosts', { name: `host-${round}-${n}` }),
          ...(n % 10 === 0
            ? [await cloud.admin.upload(`/v1/images:upload?name=i-${round}-${n}`, tarball)]
            : []),
        );
    };
    const more = (from: number, count: number) =>
      eventually(`${count} more answers`, () => answers.length >= from + count);
    const under = traffic();
    try {
      await more(0, 4);
      process.kill(engine.pid()!, 'SIGKILL');
      await eventually('it is dead', () => engine.pid() === undefined);
      const accepted = await cloud.admin.launch(`during-${round}`, SLEEP);
      await more(answers.length, 10);
      await engine.start(); // as the supervisor does
      await cloud.admin.reaches(idOf(accepted), 'running', 60_000);
      await more(answers.length, 25); // with an upload among them
      going = false;
      await under;
      await remove(idOf(accepted));
    } finally {
      going = false;
      await under;
      await engine.start();
    }
    const refused = answers.filter((answer) => !isGood(answer));
    const badly = refused.filter(
      ({ status, headers, body }) =>
        status !== 503 || !(Number(headers.get('retry-after')) > 0) || !body.reason || !body.detail,
    );
    expect(badly.map(({ status, body }) => ({ status, body }))).toEqual([]);
    expect(answers.slice(-20).filter((answer) => !isGood(answer))).toEqual([]);
    const isThere = async (made: Body & { host?: Body }) => {
      if (made.host) return (await cloud.admin.call('GET', `/v1/hosts/${idOf(made.host)}`)).status === 200;
      return (await cloud.admin.call('GET', `/v1/images/${idOf(made)}`)).body.status?.state === 'ready';
    };
    const made = answers
      .filter(isGood)
      .map(({ body }): Body & { host?: Body } => body)
      .filter((body) => body.host ?? body.status?.digest);
    expect(made.length).toBeGreaterThan(5);
    expect(await Promise.all(made.map(isThere))).toEqual(made.map(() => true));
    expect(await pidOf(before.id)).toBe(before.pid);
    await remove(before.id);
  });
});

describe('containerd killed', () => {
  const AT_ONCE = 6;
  const ROUNDS = 2;
  const WITHIN_MS = 90_000;
  // Docker uses a system-wide containerd where one runs, and that is not ours to kill.
  const whenOwn = existsSync('/run/containerd/containerd.sock') ? it.skip : it;
  const home = () => dirname(cloud.dockerSocket);

  /** Processes that hold containers of this cloud's Docker. */
  const shims = () =>
    globSync('/proc/[0-9]*/cmdline').filter((file) => {
      try {
        const line = readFileSync(file, 'utf8');
        return line.includes('containerd-shim') && line.includes(home());
      } catch {
        return false; // it has ended
      }
    });

  whenOwn(
    'while it starts instances, they run, once, and nothing of the first attempt is left',
    async () => {
      const pidFile = join(home(), 'exec/containerd/containerd.pid');
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
      await Promise.all(made.map(remove));
      await expectConverged(cloud, docker, { running: [] }, WITHIN_MS);
      await eventually('no process of theirs is left', () => shims().length === 0);
    },
    4 * WITHIN_MS,
  );
});
