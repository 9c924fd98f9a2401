import { makeCertificates } from '../test/certificates';
import { crash, Scratch } from '../test/scratch';
import type { TlsFiles } from './engine';
import { etcd } from './etcd';
import { freePort } from './ports';
import { http } from './probe';
import { run } from './command';

const scratch = new Scratch();
const tls = makeCertificates(scratch.dir);
let clientPort: number;
let peerPort: number;
const make = () => etcd({ dir: scratch.dir, clientPort, peerPort, tls });

beforeAll(async () => {
  [clientPort, peerPort] = await Promise.all([freePort(), freePort()]);
  await scratch.add(make()).start();
});
afterAll(() => scratch.destroy());

/** Through etcd's JSON gateway, by curl: one call with a body. */
async function call(
  path: string,
  body: object,
  files: TlsFiles | undefined = tls,
): Promise<Record<string, unknown>> {
  const certificate = files ? ['--cert', files.cert, '--key', files.key] : [];
  const request = [
    '--silent',
    '--show-error',
    '--max-time',
    '5',
    '--cacert',
    tls.ca,
    '--data',
    JSON.stringify(body),
  ];
  return JSON.parse(
    await run('curl', [...request, ...certificate, `https://127.0.0.1:${clientPort}/v3/${path}`]),
  );
}

const key = Buffer.from('k').toString('base64');
const value = Buffer.from('v').toString('base64');

test('a client without a certificate is refused', async () => {
  expect(await make().ready()).toBe(true);
  await expect(http({ port: clientPort, path: '/health' }, AbortSignal.timeout(3_000))).rejects.toThrow(
    'hang up',
  );
  await expect(
    run('curl', ['--silent', '--insecure', `https://127.0.0.1:${clientPort}/health`]),
  ).rejects.toThrow();
});

test('kill -9 loses nothing', async () => {
  await call('kv/put', { key, value });
  await crash(make());
  expect(await make().ready()).toBe(false);
  await make().start();
  expect(await call('kv/range', { key })).toMatchObject({ kvs: [{ value }] });
});

test('a second start adopts, stop stops', async () => {
  const before = make().pid();
  await make().start();
  await make().reload();
  expect(make().pid()).toBe(before);
  await make().stop();
  expect(make().pid()).toBeUndefined();
  expect(await make().ready()).toBe(false);
  await make().stop();
});
