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

test('reload serves the renewed certificate by a restart', async () => {
  const engine = make(htpasswd);
  const before = engine.pid();
  await engine.reload();
  expect(engine.pid()).not.toBe(before);
  expect(await engine.ready()).toBe(true);
});
