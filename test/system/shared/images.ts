import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { starterImage } from '@thecloud/all-in-one';
import { archiveToLayout } from '../../../services/compute/src/image/archive-to-layout';
import { UnpackBudget } from '../../../services/compute/src/image/unpack-budget';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;

beforeAll(async () => {
  cloud = await sharedCloud();
});

/** An archive of the starter image, as other tools write it. */
async function archive(kind: 'docker-archive' | 'oci-archive'): Promise<Buffer> {
  const dir = join(cloud.engines.dir, kind);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'root.tar'), await starterImage());
  const { layout } = await archiveToLayout(join(dir, 'root.tar'), {
    dir: join(dir, 'work'),
    command: ['/bin/true'],
    budget: new UnpackBudget({ bytes: 64 << 20 }),
    signal: new AbortController().signal,
  });
  rmSync(join(dir, 'image.tar'), { force: true });
  const to = `${kind}:${join(dir, 'image.tar')}:starter:1`;
  execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci:${layout.dir}`, to]);
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
