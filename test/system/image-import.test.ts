import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { starterImage } from '@thecloud/all-in-one';
import { freePort, registry } from '@thecloud/engines';
import type { Engine, TlsFiles } from '@thecloud/engines';
import { issueEngineCertificate } from '@thecloud/identity';
import { eventually } from '@thecloud/testkit';
import { archiveToLayout } from '../../services/compute/src/image/archive-to-layout';
import type { Failures } from '../../services/compute/src/image/import.plan';
import { UnpackBudget } from '../../services/compute/src/image/unpack-budget';
import { idOf } from './api';
import type { Api, Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(180_000);
let cloud: Cloud;
/** Somebody else's registry, which answers anybody. */
let elsewhere: Engine;
let address: string;
/** A server that says to go where it should not; the operator allows itself, and what it says it is not. */
let hostile: Server;
let hostileAddress: string;
let answer: RequestListener;
/** What only this machine should reach. */
const inside = createTcpServer((socket) => socket.destroy());
let touched = 0;
let tls: TlsFiles;
/** Of the manifest that team/starter:1 names. */
let pushedDigest: string;

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const listening = (server: { listen(port: number, host: string, done: () => void): unknown }, port = 0) =>
  new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

beforeAll(async () => {
  const [port, hostilePort] = [await freePort(), await freePort()];
  address = `127.0.0.1:${port}`;
  hostileAddress = `127.0.0.1:${hostilePort}`;
  inside.on('connection', () => (touched += 1));
  await listening(inside);
  cloud = await startCloud({ driver: 'noop', egressAllow: `${address},${hostileAddress}` });
  const { secretsDir, dir, caFile } = cloud.engines;
  const outDir = join(dir, 'elsewhere-tls');
  tls = await issueEngineCertificate({ secretsDir, outDir, name: 'registry' });
  elsewhere = registry({ dir: join(dir, 'elsewhere'), port, tls });
  await elsewhere.start();
  const pair = { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  hostile = createServer(pair, (request, response) => answer(request, response));
  await listening(hostile, hostilePort);
  // Its authority is one that this machine trusts.
  process.env['SSL_CERT_FILE'] = caFile;
  await push();
});
afterAll(async () => {
  delete process.env['SSL_CERT_FILE'];
  hostile.close();
  inside.close();
  await elsewhere.destroy();
  await cloud.close();
});

/** The starter image, as team/starter:1 of the registry elsewhere. */
async function push(): Promise<void> {
  const dir = join(cloud.engines.dir, 'pushed');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'root.tar'), await starterImage());
  const { layout } = await archiveToLayout(join(dir, 'root.tar'), {
    dir: join(dir, 'work'),
    command: ['/bin/true'],
    budget: new UnpackBudget({ bytes: 64 << 20 }),
    signal: new AbortController().signal,
  });
  const to = `docker://${address}/team/starter:1`;
  const env = { PATH: process.env['PATH'], SSL_CERT_FILE: cloud.engines.caFile };
  const digestFile = join(dir, 'digest');
  const args = ['--insecure-policy', 'copy', '-q', '--digestfile', digestFile, `oci:${layout.dir}`, to];
  execFileSync('skopeo', args, { env });
  pushedDigest = readFileSync(digestFile, 'utf8').trim();
}

const create = (name: string, source: string, api: Api = cloud.admin) =>
  api.call('POST', '/v1/images', { name, spec: { source } });
const reaches = async (image: Body, state: string, api: Api = cloud.admin) =>
  (await api.until('GET', `/v1/images/${idOf(image)}`, ({ body }) => body.status?.state === state)).body;
async function fails(source: string): Promise<Body> {
  const { status, body } = await create('unlucky', source);
  expect(status).toBe(202);
  return reaches(body, 'failed');
}

it('imports by reference, and then has it for itself', async () => {
  const accepted = await create('copied', `${address}/team/starter:1`);
  expect(accepted).toMatchObject({ status: 202, body: { status: { state: 'importing' } } });
  const path = `/v1/images/${idOf(accepted.body)}`;
  const ready = await reaches(accepted.body, 'ready');
  expect(ready.status?.digest).toMatch(/^sha256:/);
  const operation = await cloud.admin.call('GET', `/v1/operations/${accepted.body.metadata?.operation_id}`);
  expect(operation.body.state).toBe('succeeded');
  const instance = await cloud.admin.launch('from-copy', { image: 'copied' });
  await cloud.admin.reaches(idOf(instance), 'running');
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(instance)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(instance)}`);
  await cloud.admin.call('DELETE', path);
  await cloud.admin.vanishes(path);
});

it('imports by digest, and takes no notice of a tag beside it, as docker does', async () => {
  const sources = [`@${pushedDigest}`, `:no-such-tag@${pushedDigest}`, ':1'];
  const images = await Promise.all(
    sources.map(async (version, i) =>
      reaches((await create(`digest-${i}`, `${address}/team/starter${version}`)).body, 'ready'),
    ),
  );
  const [first] = images;
  expect(first?.status?.digest).toMatch(/^sha256:/);
  for (const { status } of images) expect(status?.digest).toBe(first?.status?.digest);
  const absent = await fails(`${address}/team/starter:1@sha256:${'0'.repeat(64)}`);
  expect(absent.status).toMatchObject({ reason: 'IMPORT_FAILED' });
  for (const image of [...images, absent]) {
    await cloud.admin.call('DELETE', `/v1/images/${idOf(image)}`);
    await cloud.admin.vanishes(`/v1/images/${idOf(image)}`);
  }
});

it('says why it could not import an image that is not there, and gives its name to the next', async () => {
  const failed = await fails(`${address}/team/nothing:1`);
  expect(failed.status).toMatchObject({
    reason: 'IMPORT_FAILED',
    message: expect.stringContaining('manifest unknown') as string,
  });
  const operation = await cloud.admin.call('GET', `/v1/operations/${failed.metadata?.operation_id}`);
  expect(operation.body).toMatchObject({ state: 'failed', error: { reason: 'IMPORT_FAILED' } });
  expect(operation.body.error?.advice).toContain('Check the reference');
  const spec = { type: 'nano-1', image: 'unlucky' };
  const refused = await cloud.admin.call('POST', '/v1/instances', { name: 'x', spec });
  expect(refused).toMatchObject({ status: 400, body: { reason: 'IMAGE_NOT_READY' } });

  const next = await create('unlucky', `${address}/team/starter:1`);
  expect(next.status).toBe(202);
  await reaches(next.body, 'ready');
  expect(await create('unlucky', `${address}/team/starter:1`)).toMatchObject({
    status: 409,
    body: { reason: 'IMAGE_NAME_TAKEN' },
  });
  const named = (await cloud.admin.call('GET', '/v1/images?name=unlucky')).body.images ?? [];
  expect(named.map(({ status }) => status?.state)).toEqual(['ready', 'failed']);
  const launched = await cloud.admin.launch('from-unlucky', { image: 'unlucky' });
  await cloud.admin.reaches(idOf(launched), 'running');
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(launched)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(launched)}`);
  for (const image of named) {
    expect((await cloud.admin.call('DELETE', `/v1/images/${idOf(image)}`)).status).toBe(202);
    await cloud.admin.vanishes(`/v1/images/${idOf(image)}`);
  }
});

it('tries again while the registry is away, and says so', async () => {
  await elsewhere.stop();
  const { body } = await create('patient', `${address}/team/starter:1`);
  const waiting = await cloud.admin.until(
    'GET',
    `/v1/images/${idOf(body)}`,
    ({ body }) => body.status?.reason === 'REGISTRY_UNAVAILABLE',
  );
  expect(waiting.body.status).toMatchObject({
    state: 'importing',
    message: expect.stringContaining('refused') as string,
  });
  // Counted as failures of the source, not of the cloud.
  const [row] = await cloud.database.query<{ failures: Failures }>(
    'select failures from compute.image where id = $1',
    [idOf(body)],
  );
  expect(row?.failures).toEqual({ source: expect.any(Number) as number });
  await elsewhere.start();
  expect(await reaches(body, 'ready')).toMatchObject({ status: { reason: '', message: '' } });
});

it.each(['10.0.0.1/a/b', '169.254.169.254/latest/meta-data', 'localhost/a', '127.0.0.1:6379/a', '0.0.0.0/a'])(
  'refuses %s at once',
  async (source) => {
    expect(await create('inward', source)).toMatchObject({
      status: 400,
      body: { reason: 'IMAGE_SOURCE_NOT_PUBLIC', violations: [{ field: 'spec.source' }] },
    });
  },
);

const json =
  (type: string, body: object): RequestListener =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body));
const layer = { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', size: 9 };
const digest = `sha256:${'a'.repeat(64)}`;

// What a registry may say to have the control plane connect inward. `%` is a port of this machine's that nothing but
// this machine should reach.
it.each<[string, (at: string) => RequestListener]>([
  ['a redirect', (at) => (_, response) => void response.writeHead(307, { location: `https://${at}/` }).end()],
  [
    'a redirect without TLS',
    (at) => (_, response) => void response.writeHead(302, { location: `http://${at}/` }).end(),
  ],
  [
    'a place to get a token',
    (at) => (_, response) =>
      void response.writeHead(401, { 'www-authenticate': `Bearer realm="https://${at}/",service="x"` }).end(),
  ],
  [
    'layers elsewhere',
    (at) =>
      json('application/vnd.docker.distribution.manifest.v2+json', {
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 2, digest },
        layers: [{ ...layer, digest, urls: [`http://${at}/layer`] }],
      }),
  ],
])('does not follow %s inward', async (_what, said) => {
  touched = 0;
  for (const at of [`127.0.0.1:${portOf(inside)}`, `localhost:${portOf(inside)}`]) {
    answer = said(at);
    const failed = await fails(`${hostileAddress}/a/b:1`);
    expect(failed.status).toMatchObject({ reason: 'IMPORT_SOURCE_REFUSED' });
    expect(failed.status?.message).not.toContain('skopeo');
  }
  expect(touched).toBe(0);
});

it('ends an import that is larger than images may be', async () => {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const body = { os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [digest] } };
  const bytes = Buffer.from(JSON.stringify(body));
  const configDigest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const mediaType = 'application/vnd.docker.container.image.v1+json';
  const config = { mediaType, size: bytes.length, digest: configDigest };
  const manifest = { schemaVersion: 2, config, layers: [{ ...layer, size: 1 << 30, digest }] };
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  answer = (request, response) => {
    if (request.url?.includes('/manifests/'))
      return json(type, { mediaType: type, ...manifest })(request, response);
    if (request.url?.endsWith(configDigest)) return void response.end(bytes);
    response.writeHead(200); // and no word of its length
    const more = () => {
      while (response.write(Buffer.alloc(1 << 20)));
    };
    response.on('drain', more);
    more();
  };
  const failed = await fails(`${hostileAddress}/a/b:1`);
  expect(failed.status).toMatchObject({ reason: 'IMPORT_TOO_LARGE' });
});

it('takes nothing else than what a digest names', async () => {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const bytes = Buffer.from(
    JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const config = {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    size: bytes.length,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  answer = (request, response) => {
    if (request.url?.endsWith(config.digest)) return void response.end(bytes);
    json(type, { schemaVersion: 2, mediaType: type, config, layers: [] })(request, response);
  };
  const failed = await fails(`${hostileAddress}/a/b:1@sha256:${'b'.repeat(64)}`);
  expect(failed.status).toMatchObject({
    reason: 'IMPORT_FAILED',
    message: 'The image could not be copied: its registry sent something else than its digests name.',
  });
});

it("keeps slots free of one project's slow imports", async () => {
  let hanging = 0;
  answer = () => void (hanging += 1); // it takes the request, and its time
  const slow = await Promise.all(
    ['s1', 's2', 's3', 's4', 's5'].map((name) => create(name, `${hostileAddress}/a/b:1`)),
  );
  await eventually('two imports of the project under way', () => hanging === 2);
  const { body } = await create('quick', `${address}/team/starter:1`, cloud.stranger);
  await reaches(body, 'ready', cloud.stranger);
  expect(hanging).toBe(2);
  // Those in their slots end; then it is the turn of the others, and these end too.
  answer = (_, response) => void response.writeHead(404).end();
  hostile.closeAllConnections();
  await Promise.all(slow.map(({ body }) => reaches(body, 'failed')));
});

it("does not lend its own credentials to whoever asks for another project's image", async () => {
  const image = await cloud.importStarter();
  const own = cloud.registryAddress;
  const direct = await create('stolen', `${own}/images/${idOf(image)}:latest`, cloud.stranger);
  expect(direct).toMatchObject({ status: 400, body: { reason: 'IMAGE_SOURCE_REFUSED' } });
  // By another name it is just an address of this machine.
  const around = `localhost:${own.split(':')[1]}/images/${idOf(image)}:latest`;
  const refused = await create('stolen', around, cloud.stranger);
  expect(refused).toMatchObject({ status: 400, body: { reason: 'IMAGE_SOURCE_NOT_PUBLIC' } });
});

it('shows an image that failed for a week, and then forgets it', async () => {
  answer = (_, response) => void response.writeHead(404).end();
  const [old, young] = [await fails(`${hostileAddress}/a/b:1`), await fails(`${hostileAddress}/a/b:1`)];
  const ready = await cloud.importStarter(cloud.admin, 'kept');
  const age = (image: Body, interval: string) =>
    cloud.database.query('update compute.image set updated_at = now() - $2::interval where id = $1', [
      idOf(image),
      interval,
    ]);
  await age(old, '7 days 1 minute');
  await age(young, '6 days 23 hours');
  await age(ready, '30 days');
  await cloud.database.query(
    "update compute.work set due_at = now(), wakes = wakes + 1 where controller = 'image-sweep'",
  );
  await cloud.admin.vanishes(`/v1/images/${idOf(old)}`);
  for (const image of [young, ready])
    expect((await cloud.admin.call('GET', `/v1/images/${idOf(image)}`)).status).toBe(200);
  // Why it failed is still told by its operation.
  const { body } = await cloud.admin.call('GET', `/v1/operations/${old.metadata?.operation_id}`);
  expect(body).toMatchObject({ state: 'failed', error: { reason: 'IMPORT_FAILED' } });
});
