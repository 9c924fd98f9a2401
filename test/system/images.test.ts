import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { starterImage } from '@thecloud/all-in-one';
import { freePort, registry } from '@thecloud/engines';
import type { Engine } from '@thecloud/engines';
import { issueEngineCertificate } from '@thecloud/identity';
import { rootFilesystemToOci } from '../../services/compute/src/image/root-filesystem';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(120_000);
let cloud: Cloud;
/** Somebody else's registry, which answers anybody. */
let elsewhere: Engine;
let address: string;

beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  const { secretsDir, dir } = cloud.engines;
  const tls = await issueEngineCertificate({
    secretsDir,
    outDir: join(dir, 'elsewhere-tls'),
    name: 'registry',
  });
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  elsewhere = registry({ dir: join(dir, 'elsewhere'), port, tls });
  await elsewhere.start();
  // Its authority is one that this machine trusts.
  process.env['SSL_CERT_FILE'] = cloud.engines.caFile;
});
afterAll(async () => {
  delete process.env['SSL_CERT_FILE'];
  await elsewhere.destroy();
  await cloud.close();
});

/** An archive of the starter image, as other tools write it. The image is pushed elsewhere too. */
async function archive(kind: 'docker-archive' | 'oci-archive'): Promise<Buffer> {
  const dir = join(cloud.engines.dir, kind);
  mkdirSync(dir, { recursive: true });
  const layout = join(dir, 'layout');
  writeFileSync(join(dir, 'root.tar'), await starterImage());
  await rootFilesystemToOci(join(dir, 'root.tar'), false, ['/bin/true'], layout);
  rmSync(join(dir, 'image.tar'), { force: true });
  const env = { PATH: process.env['PATH'], SSL_CERT_FILE: cloud.engines.caFile };
  for (const to of [`${kind}:${join(dir, 'image.tar')}:starter:1`, `docker://${address}/team/starter:1`])
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout}`, to], { env });
  return readFileSync(join(dir, 'image.tar'));
}

it.each(['docker-archive', 'oci-archive'] as const)('takes a %s in', async (kind) => {
  const { status, body } = await cloud.admin.upload(`/v1/images:upload?name=${kind}`, await archive(kind));
  expect({ status, state: body.status?.state }).toEqual({ status: 201, state: 'ready' });
  expect(body.status?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

it('takes a gzipped root file system in', async () => {
  const { status } = await cloud.admin.upload(
    '/v1/images:upload?name=gzipped',
    gzipSync(await starterImage()),
  );
  expect(status).toBe(201);
});

it('imports by reference, and then has it for itself', async () => {
  await archive('docker-archive');
  const accepted = await cloud.admin.call('POST', '/v1/images', {
    name: 'copied',
    spec: { source: `${address}/team/starter:1` },
  });
  expect(accepted).toMatchObject({ status: 202, body: { status: { state: 'importing' } } });
  const path = `/v1/images/${idOf(accepted.body)}`;
  const ready = await cloud.admin.until('GET', path, ({ body }) => body.status?.state === 'ready');
  expect(ready.body.status?.digest).toMatch(/^sha256:/);
  const operation = await cloud.admin.call('GET', `/v1/operations/${accepted.body.metadata?.operation_id}`);
  expect(operation.body.state).toBe('succeeded');
  const instance = await cloud.admin.launch('from-copy', { image: 'copied' });
  await cloud.admin.reaches(idOf(instance), 'running');
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(instance)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(instance)}`);

  await cloud.admin.call('DELETE', path);
  await cloud.admin.vanishes(path);
});

it.each([
  ['an image that is not there', () => `${address}/team/nothing:1`, 'manifest unknown'],
  ['a registry that does not answer', () => '127.0.0.1:1/team/starter:1', 'refused'],
])('says why it could not import %s', async (_what, source, why) => {
  const accepted = await cloud.admin.call('POST', '/v1/images', {
    name: 'unlucky',
    spec: { source: source() },
  });
  const path = `/v1/images/${idOf(accepted.body)}`;
  const failed = await cloud.admin.until('GET', path, ({ body }) => body.status?.state === 'failed');
  expect(failed.body.status).toMatchObject({
    reason: 'IMPORT_FAILED',
    message: expect.stringContaining(why) as string,
  });
  const operation = await cloud.admin.call('GET', `/v1/operations/${accepted.body.metadata?.operation_id}`);
  expect(operation.body).toMatchObject({ state: 'failed', error: { reason: 'IMPORT_FAILED' } });
  expect(operation.body.error?.advice).toContain('Check the reference');
  const refused = await cloud.admin.call('POST', '/v1/instances', {
    name: 'x',
    spec: { type: 'nano-1', image: 'unlucky' },
  });
  expect(refused).toMatchObject({ status: 400, body: { reason: 'IMAGE_NOT_READY' } });
  await cloud.admin.call('DELETE', path);
  await cloud.admin.vanishes(path);
});

it("does not lend its own credentials to whoever asks for another project's image", async () => {
  const [image] = (await cloud.admin.call('GET', '/v1/images?name=gzipped')).body.images ?? [];
  const own = cloud.registryAddress;
  const direct = await cloud.stranger.call('POST', '/v1/images', {
    name: 'stolen',
    spec: { source: `${own}/images/${idOf(image ?? {})}:latest` },
  });
  expect(direct).toMatchObject({ status: 400, body: { reason: 'IMAGE_SOURCE_REFUSED' } });
  // By another name of the same registry nothing is lent either.
  const around = `localhost:${own.split(':')[1]}/images/${idOf(image ?? {})}:latest`;
  const accepted = await cloud.stranger.call('POST', '/v1/images', {
    name: 'stolen',
    spec: { source: around },
  });
  const failed = await cloud.stranger.until(
    'GET',
    `/v1/images/${idOf(accepted.body)}`,
    ({ body }) => body.status?.state === 'failed',
  );
  expect(failed.body.status?.message).toMatch(/unauthorized|authentication required/i);
});
