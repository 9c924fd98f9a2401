import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, pushImage } from '../test/push';
import { makeCertificates } from '../test/certificates';
import { client, importWebImage } from '../test/image';
import { crash, Scratch } from '../test/scratch';
import { spareBridge } from './bridge';
import { docker } from './docker';
import { freePort } from './ports';
import { http } from './probe';
import { registry } from './registry';

jest.setTimeout(180_000);
const scratch = new Scratch();
const tls = makeCertificates(scratch.dir);
let port: number;
// The bcrypt hash of "secret".
const htpasswd = 'cloud:$2y$05$KEtA5zVv3h9l0xF8y4M0yO1MuYGuNZu/iqh9oH7e7IiPTKQh1//yC';

const make = (lines?: string) => registry({ dir: scratch.dir, port, tls, htpasswd: lines });

beforeAll(async () => {
  port = await freePort();
  await scratch.add(make()).start();
});
afterAll(() => scratch.destroy());

test('Docker pushes and pulls over TLS signed by an authority it does not know; kill -9 keeps the image', async () => {
  const daemon = scratch.add(
    docker({ dir: scratch.dir, adopt: false, bridge: spareBridge(), iptables: false }),
  );
  await daemon.start();
  const cli = client(daemon.endpoint, scratch.dir);
  const tag = `127.0.0.1:${port}/web:1`;
  await importWebImage(cli, scratch.dir, tag, 'stored');
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(await cli('push', tag))?.[1];
  await cli('rmi', tag);
  await crash(make());
  await make().start();
  await cli('pull', `127.0.0.1:${port}/web@${digest}`);
  await make().stop();
});

test('with passwords, it asks for one', async () => {
  const engine = make(htpasswd);
  await engine.start();
  expect(await engine.ready()).toBe(true);
  const status = async (authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return (await http({ port, path: '/v2/', tls, headers }, AbortSignal.timeout(5_000))).status;
  };
  expect(await status()).toBe(401);
  expect(await status(`Basic ${Buffer.from('cloud:wrong').toString('base64')}`)).toBe(401);
  expect(await status(`Basic ${Buffer.from('cloud:secret').toString('base64')}`)).toBe(200);
});

test('collecting garbage frees what was deleted, keeps the rest, and takes no pushes meanwhile', async () => {
  const engine = make();
  await engine.stop(); // it asks for passwords
  await engine.start();
  const layer = (text: string) => Buffer.from(text.padEnd(300_000, '.'));
  const kept = await pushImage(port, 'images/kept', layer('kept'));
  const gone = await pushImage(port, 'images/gone', layer('gone'));
  expect((await ask(port, 'DELETE', `/v2/images/gone/manifests/${gone.manifest}`)).status).toBe(202);
  const data = join(scratch.dir, 'registry/data/docker/registry/v2');
  const blobOf = (digest: string) => join(data, 'blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');
  expect(existsSync(blobOf(gone.layer))).toBe(true);

  const collected = engine.collectGarbage();
  await expect(engine.collectGarbage()).rejects.toThrow('already');
  await collected;
  expect([existsSync(blobOf(kept.layer)), existsSync(blobOf(gone.layer))]).toEqual([true, false]);
  expect(readdirSync(join(data, 'repositories/images'))).toEqual(['kept']);
  expect((await ask(port, 'GET', `/v2/images/kept/manifests/${kept.manifest}`)).status).toBe(200);
  await pushImage(port, 'images/gone', layer('gone'));
});

describe('a collection that does not succeed says so, and the registry takes images again:', () => {
  const repositories = 'registry/data/docker/registry/v2/repositories/images';
  const broken = () => join(scratch.dir, repositories, 'broken/_manifests/revisions/sha256', 'a'.repeat(64));
  const takesPushes = async () => (await ask(port, 'POST', '/v2/images/x/blobs/uploads/')).status === 202;

  test('it fails', async () => {
    const engine = make();
    await pushImage(port, 'images/whole', Buffer.from('whole'));
    mkdirSync(broken(), { recursive: true });
    mkdirSync(join(scratch.dir, repositories, 'broken/_layers'));
    writeFileSync(join(broken(), 'link'), 'no digest');
    const failed = engine.collectGarbage();
    await expect(failed).rejects.toMatchObject({ code: 'EXITED', engine: 'registry' });
    await expect(failed).rejects.toThrow(/failed with status 1;.*registry-garbage\.log:\n.*failed to/s);
    rmSync(join(scratch.dir, repositories, 'broken'), { recursive: true });
    expect([engine.isCutOff(), await takesPushes()]).toEqual([false, true]);
    await engine.collectGarbage();
  });

  test('it takes too long', async () => {
    const engine = registry({ dir: scratch.dir, port, tls, collectionMs: 0 });
    await expect(engine.collectGarbage()).rejects.toMatchObject({ code: 'NOT_READY' });
    expect([engine.isCutOff(), await takesPushes()]).toEqual([false, true]);
    expect(existsSync(join(scratch.dir, 'run/registry-collects.collector'))).toBe(false);
  });

  test('unless it was to end early', async () => {
    await make().collectGarbage(AbortSignal.abort());
    expect(await takesPushes()).toBe(true);
  });
});

test('one whose collection was cut off takes pushes again after the next start', async () => {
  const engine = make();
  await engine.stop(); // it asks for passwords
  await engine.start();
  const run = join(scratch.dir, 'run');
  // As a process leaves it that was killed while it collected.
  writeFileSync(join(run, 'registry-collects'), '1 1 another-boot\n');
  writeFileSync(join(run, 'registry-collects.read-only'), '');
  await engine.reload();
  expect((await ask(port, 'POST', '/v2/images/x/blobs/uploads/')).status).toBe(405);
  expect(engine.isCutOff()).toBe(true);
  await make().start();
  expect(engine.isCutOff()).toBe(false);
  expect((await ask(port, 'POST', '/v2/images/x/blobs/uploads/')).status).toBe(202);
});

test('reload serves the renewed certificate by a restart', async () => {
  const engine = make(htpasswd);
  const before = engine.pid();
  await engine.reload();
  expect(engine.pid()).not.toBe(before);
  expect(await engine.ready()).toBe(true);
});
