import { registry } from '@thecloud/engines';
import Docker from 'dockerode';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithDocker, dockerSocket, importTestImage } from '../../../../fixtures/docker';
import { freePort } from '../../../../fixtures/free-port';
import { lines } from '../lines';
import { loginsFrom } from '../registry-logins';
import { DockerImageDriver } from './docker';
import { PullProgress } from './pull-progress';

const never = new AbortController().signal;
const login = { username: 'host', password: 's3cret-pull' };
const htpasswd = 'host:$2b$04$iHQ3iSAsn7AtpEsJjVY5nO2dbl71m4HOkBkyGNuosavrUFXvNIegq\n';
const describeWithRegistry = existsSync('/usr/bin/docker-registry') ? describeWithDocker : describe.skip;

describeWithRegistry('pulling from a registry with a login', () => {
  const docker = new Docker({ socketPath: dockerSocket });
  const dir = mkdtempSync(join(tmpdir(), 'agent-registry-'));
  const logins = join(dir, 'logins.json');
  const images = new DockerImageDriver({ socketPath: dockerSocket }, loginsFrom(logins));
  let host: string;
  let engine: ReturnType<typeof registry>;
  let reference: string;

  const write = (password: string) => {
    writeFileSync(logins, JSON.stringify({ [host]: { ...login, password } }), { mode: 0o600 });
    chmodSync(logins, 0o600);
  };
  const forget = () => docker.getImage(reference).remove({ force: true });

  beforeAll(async () => {
    const port = await freePort();
    host = `127.0.0.1:${port}`;
    const repo = `${host}/images/test`;
    engine = registry({ dir, port, htpasswd });
    await engine.start();
    const local = `${repo}:latest`;
    // Its own content: layers that another test's image has would not come over the wire.
    await importTestImage(docker, 'thecloud-agent-test:pull', randomBytes(2 ** 20));
    const image = docker.getImage('thecloud-agent-test:pull');
    await image.tag({ repo, tag: 'latest' });
    const pushed = await docker
      .getImage(`${repo}:latest`)
      .push({ authconfig: { ...login, serveraddress: host } });
    let digest = '';
    for await (const line of lines(pushed)) digest = /sha256:[0-9a-f]{64}/.exec(line)?.[0] ?? digest;
    reference = `${repo}@${digest}`;
    await docker.getImage(local).remove();
    await image.remove();
  });
  afterAll(async () => {
    await engine.destroy();
    rmSync(dir, { recursive: true, force: true });
  });

  it('pulls by digest, with progress, and asks the registry only once', async () => {
    write(login.password);
    const told: string[] = [];
    await images.ensure(reference, (progress) => told.push(progress), never);
    expect(told).toContainEqual(expect.stringMatching(/^[\d.]+ of [\d.]+ MiB$/));
    told.length = 0;
    await images.ensure(reference, (progress) => told.push(progress), never);
    expect(told).toEqual([]);
    await forget();
  });

  it('does not try again soon what the registry does not have', async () => {
    write(login.password);
    const missing = `${host}/images/test@sha256:${'0'.repeat(64)}`;
    const refused = images.ensure(missing, () => undefined, never);
    await expect(refused).rejects.toMatchObject({ reason: 'IMAGE_MISSING', transient: false });
  });

  it('names neither login nor password when it is refused', async () => {
    write('wrong-password');
    const refused = await images.ensure(reference, () => undefined, never).catch((error: Error) => error);
    expect(refused).toMatchObject({ reason: 'REGISTRY_REFUSED' });
    expect(String((refused as Error).message)).not.toContain('wrong-password');
    writeFileSync(logins, '{"password": "half');
    await expect(images.ensure(reference, () => undefined, never)).rejects.toThrow(
      /^(?!.*half).*cannot be read/,
    );
  });

  it('ends when a newer order comes', async () => {
    const fired = AbortSignal.abort(new Error('superseded'));
    await expect(images.ensure(reference, () => undefined, fired)).rejects.toThrow('superseded');
  });
});

it('adds up the layers of a pull, and tells its failure', () => {
  const progress = new PullProgress();
  expect(progress.text()).toBe('asking the registry');
  const line = (id: string, status: string, current?: number) =>
    progress.read(
      JSON.stringify({
        id,
        status,
        progressDetail: current === undefined ? {} : { current, total: 2 ** 21 },
      }),
    );
  line('a', 'Downloading', 2 ** 20);
  line('b', 'Downloading', 0);
  expect(progress.text()).toBe('1.0 of 4.0 MiB');
  line('a', 'Download complete');
  expect(progress.text()).toBe('2.0 of 4.0 MiB');
  expect(progress.read('{"error":"manifest unknown"}')).toBe('manifest unknown');
  expect(progress.read('{"err')).toBeUndefined();
});
