import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { freePort, registry } from '@thecloud/engines';
import type { Engine } from '@thecloud/engines';
import { issueEngineCertificate } from '@thecloud/identity';
import { EgressGuard, egressConfig } from '@thecloud/service-kit';
import { bitFlips, readEach, testEngines, truncations } from '@thecloud/testkit';
import type { TestEngines } from '@thecloud/testkit';
import { errors } from '../../services/compute/src/errors';
import { gnuTar, tarOf } from '../../services/compute/src/fixtures/layers';
import { importImage } from '../../services/compute/src/image/import-image';
import type { FailedImport, ImportDeps } from '../../services/compute/src/image/import-image';
import { Registry } from '../../services/compute/src/image/registry';
import type { RegistryOptions } from '../../services/compute/src/image/registry';
import { RegistryContents } from '../../services/compute/src/image/registry-contents';
import { SpoolDisk } from '../../services/compute/src/image/spool-disk';

jest.setTimeout(300_000);
let engines: TestEngines;
let own: Engine;
let server: Server;
let d: ImportDeps;
let ownOptions: RegistryOptions;
let tls: Awaited<ReturnType<typeof issueEngineCertificate>>;
let layerDigest = '';
const held: Socket[] = [];
const hold = (socket: Socket) => void held.push(socket.on('error', () => undefined));
const warnings: unknown[] = [];
/** What the registry elsewhere answers with, by the last part of the path. */
const served = new Map<string, Buffer>();
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

beforeAll(async () => {
  engines = await testEngines();
  const { secretsDir, dir, caFile } = engines;
  tls = await issueEngineCertificate({ secretsDir, outDir: join(dir, 'tls'), name: 'registry' });
  const port = await freePort();
  own = registry({ dir: join(dir, 'own'), port, tls });
  await own.start();
  server = createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, (request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    const body = served.get(name);
    if (!body) return void response.writeHead(404).end();
    const type = request.url?.includes('/manifests/') ? manifestType : 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['SSL_CERT_FILE'] = caFile;
  const spoolDir = join(dir, 'spool');
  ownOptions = { address: `127.0.0.1:${port}`, username: 'any', password: 'any', caFile, spoolDir };
  d = {
    registry: new Registry(ownOptions),
    contents: new RegistryContents(ownOptions),
    guard: new EgressGuard({ allow: egressConfig.THECLOUD_EGRESS_ALLOW.parse(address()) }),
    limitMib: 64,
    unpackedLimitMib: 512,
    disk: new SpoolDisk(),
    admit: () => Promise.resolve(),
    log: { warn: (said: unknown) => void warnings.push(said) },
  };
});
afterAll(async () => {
  delete process.env['SSL_CERT_FILE'];
  server.close();
  await own.destroy();
  await engines.close();
});

const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const take = () => importImage(d, `${address()}/a/b:1`, 'img_1', new AbortController().signal);

function blob(content: Buffer, mediaType: string): { mediaType: string; digest: string; size: number } {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  served.set(digest, content);
  return { mediaType, digest, size: content.length };
}

/** Serves an image of one layer. */
function serve(
  root: Buffer,
  config: object = {},
  compression: 'gzip' | 'zstd' = 'gzip',
): { manifest: Buffer; layer: string } {
  const plain = `sha256:${createHash('sha256').update(root).digest('hex')}`;
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const json = { os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [plain] }, ...config };
  const layer = blob(
    compression === 'gzip' ? gzipSync(root) : zstdCompressSync(root),
    `application/vnd.oci.image.layer.v1.tar+${compression}`,
  );
  const configBlob = blob(Buffer.from(JSON.stringify(json)), 'application/vnd.oci.image.config.v1+json');
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: configBlob, layers: [layer] };
  const bytes = Buffer.from(JSON.stringify(manifest));
  served.set('1', bytes);
  return { manifest: bytes, layer: layer.digest };
}

it.each(['gzip', 'zstd'] as const)(
  'is copied from when all is well, with layers by %s',
  async (compression) => {
    serve(gnuTar('--format=v7'), {}, compression);
    expect(await take()).toMatchObject({ digest: expect.stringMatching(/^sha256:/) as string });
  },
);

it.each([
  ['another platform', () => serve(gnuTar(), { os: 'windows' }), 'IMAGE_PLATFORM_UNSUPPORTED', /for windows\/\w+, but .* run linux/],
  ['an invalid StopSignal', () => serve(gnuTar(), { config: { StopSignal: 'SIGFOO' } }), 'IMAGE_CONFIG_INVALID', /SIGFOO/],
  ['a layer that hosts cannot unpack', () => serve(gnuTar('--format=gnu', '--sparse')), 'IMAGE_INVALID', /sparse/],
])('is not copied from: %s', async (_what, make, reason, message) => {
  make();
  expect(await take()).toMatchObject({ blame: 'final', reason, message: expect.stringMatching(message) as string });
}); // prettier-ignore

it('names the platforms of an image that has several, but not ours', async () => {
  const platforms = [{ os: 'linux', architecture: 's390x' }, { os: 'windows', architecture: 'amd64' }];
  const manifests = platforms.map((platform) => ({ ...blob(Buffer.from('{}'), manifestType), platform }));
  served.set('1', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
  expect(await take()).toMatchObject({
    reason: 'IMAGE_PLATFORM_UNSUPPORTED',
    message: expect.stringContaining('linux/s390x, windows/amd64') as string,
  });
}); // prettier-ignore

it('blames its own registry, and for a while only, when that is what fails', async () => {
  serve(gnuTar('--format=v7'));
  await own.stop();
  const failed = await take();
  await own.start();
  expect(failed).toMatchObject({
    blame: 'own',
    reason: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining('own registry') as string,
  });
  expect(await take()).toMatchObject({ digest: expect.stringMatching(/^sha256:/) as string });
});

it.each([
  ['accepts a connection and says nothing', () => createTcpServer(hold), 'no TLS handshake in 0.3 s'],
  ['answers no request', (tls: TlsOptions) => createServer(tls), 'it sent nothing for 0.3 s'],
  ['stops in the middle of a layer', (tls: TlsOptions) => createServer(tls, (request, response) => {
    const body = served.get(request.url?.split('/').at(-1) ?? '') ?? Buffer.alloc(0);
    const isLayer = request.url?.endsWith(layerDigest);
    response.writeHead(200, { 'content-type': manifestType, 'content-length': body.length });
    response.write(isLayer ? body.subarray(0, body.length / 2) : body);
    if (!isLayer) response.end();
  }), 'it sent nothing for 0.3 s'],
])('gives up a registry that %s, and blames it', async (_how, make, why) => {
  layerDigest = serve(gnuTar('--format=v7')).layer;
  const silent = make({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const at = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const guard = new EgressGuard({ allow: egressConfig.THECLOUD_EGRESS_ALLOW.parse(at), connectMs: 300, idleMs: 300 });
  try {
    const failed = await importImage({ ...d, guard }, `${at}/a/b:1`, 'img_1', new AbortController().signal);
    const message = expect.stringContaining(`${at} does not answer: ${why}`) as string;
    expect(failed).toEqual({ blame: 'source', reason: 'REGISTRY_UNAVAILABLE', message });
  } finally {
    silent.close();
    for (const socket of held.splice(0)) socket.destroy();
  }
}); // prettier-ignore

it('ends an import that is not through in its time', async () => {
  serve(gnuTar('--format=v7'));
  const late = await importImage(
    { ...d, importMs: 1 },
    `${address()}/a/b:1`,
    'img_1',
    new AbortController().signal,
  );
  expect(late).toMatchObject({ blame: 'final', reason: 'IMPORT_TIMED_OUT' });
});

it.each([
  ['is full now', 0, 2 ** 30, { blame: 'own', reason: 'IMPORT_SPOOL_FULL' }],
  ['never has room', 0, 10, { blame: 'final', reason: 'IMAGE_NEVER_FITS', message: expect.stringContaining('THECLOUD_SPOOL_DIR') as string }],
])('fetches no layer of an image for which the disk %s', async (_how, bytes, mostBytes, expected) => {
  const { layer } = serve(gnuTar('--format=v7'));
  served.delete(layer); // asking for it would be another failure
  const disk: ImportDeps['disk'] = { share: (_dir, work) => work({ bytes, mostBytes }) };
  const failed = await importImage({ ...d, disk }, `${address()}/a/b:1`, 'img_1', new AbortController().signal);
  expect(failed).toMatchObject(expected);
}); // prettier-ignore

it('pushes no image that has no room in its project', async () => {
  serve(gnuTar('--format=v7'));
  const admit = () => Promise.reject(errors.IMAGE_STORAGE_LIMIT({ limitMib: '1', usedMib: '1' }));
  const failed = await importImage({ ...d, admit }, `${address()}/a/b:1`, 'img_none', new AbortController().signal);
  expect(failed).toMatchObject({ blame: 'final', reason: 'IMAGE_STORAGE_LIMIT' });
  expect(await d.contents.digestOf('img_none')).toBeUndefined();
}); // prettier-ignore

it('tells a bomb that no disk holds from what this one has no room for now', async () => {
  serve(await tarOf({ name: 'zeros', content: '0'.repeat(4 << 20) }));
  const take = (mostBytes: number) => {
    const disk: ImportDeps['disk'] = { share: (_dir, work) => work({ bytes: 1 << 20, mostBytes }) };
    return importImage({ ...d, disk }, `${address()}/a/b:1`, 'img_1', new AbortController().signal);
  };
  expect(await take(2 << 20)).toMatchObject({ blame: 'final', reason: 'IMAGE_NEVER_FITS' });
  expect(await take(8 << 20)).toMatchObject({ blame: 'own', reason: 'IMPORT_SPOOL_FULL' });
});

// skopeo's words name paths and addresses of this machine: they are for the log.
it.each([
  ['fails', `echo 'time="x" level=fatal msg="open /srv/spool/upload-1/x: permission denied"' >&2; exit 1`, 'open /srv'],
  ['is killed', 'kill -9 $$', ''],
])('tells no path and no word of the program that copies, when it %s', async (_how, script, said) => {
  const bin = mkdtempSync(join(engines.dir, 'bin-'));
  const path = process.env['PATH'];
  process.env['PATH'] = `${bin}:${path}`;
  try {
    for (const [when, reason, message] of [
      ['dir:', 'IMPORT_FAILED', 'The image could not be copied: the program that copies images failed, and the log of the cloud says how.'],
      [':latest', 'REGISTRY_UNAVAILABLE', "The image arrived, but the cloud's own registry did not store it."],
    ]) {
      serve(gnuTar('--format=v7'));
      warnings.splice(0);
      const body = `#!/bin/sh\ncase "$*" in *${when}*) ${script} ;; esac\nexec /usr/bin/skopeo "$@"\n`;
      writeFileSync(join(bin, 'skopeo'), body, { mode: 0o755 });
      expect(await take()).toEqual({ blame: 'unknown', reason, message });
      expect(warnings).toEqual([expect.objectContaining({ image: 'img_1', skopeo: expect.stringContaining(said) as string })]);
    }
  } finally {
    process.env['PATH'] = path;
    warnings.splice(0);
  }
}); // prettier-ignore

it('says in words of its own what is wrong with what came', async () => {
  const { layer } = serve(gnuTar('--format=v7'));
  const good = served.get(layer) ?? Buffer.alloc(0);
  served.set(layer, Buffer.from(good).fill(0, good.length - 8));
  const message = 'The image could not be copied: its registry sent something else than its digests name.';
  expect(await take()).toMatchObject({ blame: 'unknown', reason: 'IMPORT_FAILED', message });
  warnings.splice(0);
});

it('tells a fault that nobody foresaw as a failure of the cloud, and logs it', async () => {
  serve(gnuTar('--format=v7'));
  const registry = Object.assign(Object.create(d.registry) as Registry, { spool: () => { throw new TypeError('odd'); } });
  const failed = await importImage({ ...d, registry }, `${address()}/a/b:1`, 'img_1', new AbortController().signal);
  expect(failed).toMatchObject({ blame: 'unknown', reason: 'IMPORT_FAILED', message: expect.stringContaining('fault of its own') as string });
  expect(warnings).toHaveLength(1);
}); // prettier-ignore

it('ends no process by damaged answers: each is a failed import that says why', async () => {
  const root = await tarOf({ name: 'f', content: 'x' });
  const { manifest, layer } = serve(root);
  const gzip = served.get(layer) ?? Buffer.alloc(0);
  const damaged = [
    ...[...truncations(manifest, 20), ...bitFlips(manifest, 10, 1)].map((bad) => ({ name: '1', ...bad })),
    ...[...truncations(gzip, 20), ...bitFlips(gzip, 10, 2)].map((bad) => ({ name: layer, ...bad })),
  ];
  for (const { name, how, bytes } of damaged) {
    serve(root);
    served.set(name, bytes);
    const [reading] = await readEach([{ how, bytes }], take, 60_000);
    expect({ name, ...reading, error: undefined }).toEqual({ name, ...reading });
    const result = reading?.value as Partial<FailedImport>;
    // A flipped bit of a manifest may be one that nobody reads; a layer has a digest.
    if (name === layer || how.startsWith('cut')) expect({ how, reason: result.reason }).toEqual({ how, reason: expect.any(String) });
    if (result.reason) expect({ how, message: result.message }).toEqual({ how, message: expect.not.stringMatching(/\/spool|upload-|skopeo/) });
  }
}); // prettier-ignore

it.each(['_catalog?n=200', 'manifest'])('reads damaged answers of its own registry as failures: %s', async (what) => {
  const bad = new RegistryContents({ ...ownOptions, address: address() });
  const signal = new AbortController().signal;
  const read = async () => {
    if (what === 'manifest') return bad.copy({ id: 'img_1', digest: 'manifest' }, 'img_2', signal);
    const ids: string[] = [];
    for await (const some of bad.imageIds()) ids.push(...some);
    return ids;
  };
  const { manifest } = serve(await tarOf({ name: 'f', content: 'x' }));
  const whole = what === 'manifest' ? manifest : Buffer.from(JSON.stringify({ repositories: ['images/img_1', 'images/img_2', 'other'] }));
  const readings = await readEach([...truncations(whole, 20), ...bitFlips(whole, 60, 3)], (bytes) => {
    served.set(what, bytes);
    return read();
  });
  for (const { how, value, error } of readings)
    expect({ how, error: error === undefined ? value : error instanceof Error }).toEqual({ how, error: error ? true : expect.any(Array) });
  served.set(what, whole);
  if (what !== 'manifest') expect(await read()).toEqual(['img_1', 'img_2']);
}); // prettier-ignore
