import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOf } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
const binary = join(__dirname, '../../../bin/cloud');
const home = mkdtempSync(join(tmpdir(), 'files-'));
let cloud: Cloud;
let id: string;
beforeAll(async () => {
  cloud = await sharedCloud();
  await cloud.importStarter();
  id = idOf(await cloud.admin.launch('web'));
  await cloud.admin.reaches(id, 'running');
});
afterAll(() => rmSync(home, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; out: Buffer; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    THECLOUD_URL: cloud.url,
    THECLOUD_API_KEY: cloud.admin.key,
  };
  return new Promise((resolve) => {
    execFile(binary, args, { env, timeout: 60_000, encoding: 'buffer' }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err: err.toString() }),
    );
  });
}

it('files go into an instance and come back as they were', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
  mkdirSync(join(home, 'site/css'), { recursive: true });
  writeFileSync(join(home, 'site/css/a'), content);
  expect(await run('instance', 'cp', join(home, 'site'), 'web:/tmp')).toMatchObject({ code: 0, err: '' });
  expect(await run('instance', 'cp', join(home, 'site/css/a'), 'web:/tmp/site/b')).toMatchObject({
    code: 0,
    err: '',
  });
  expect(await run('instance', 'cp', 'web:/tmp/site', join(home, 'back'))).toMatchObject({
    code: 0,
    err: '',
  });
  for (const file of ['css/a', 'b'])
    expect(readFileSync(join(home, 'back', file)).equals(content)).toBe(true);
  const { out } = await run('instance', 'cp', 'web:/tmp/site/b', '-');
  expect(out.includes(content)).toBe(true);
  const { status, body } = await cloud.admin.call('GET', `/v1/instances/${id}/files?path=/tmp/site/b`);
  expect([status, body]).toMatchObject([200, { name: 'b', kind: 'file', size_bytes: '300000' }]);
});

it('refuses in words', async () => {
  const missing = await run('instance', 'cp', 'web:/nosuch', home);
  expect(missing.code).toBe(4);
  expect(missing.err).toContain('There is no /nosuch in the instance');
  for (const pair of [
    ['a', 'b'],
    ['web:/a', 'web:/b'],
    ['web:relative', 'b'],
    ['/nosuch', 'web:/tmp'],
  ])
    expect((await run('instance', 'cp', ...pair)).code).toBe(2);
  const garbage = await fetch(`${cloud.url}/v1/instances/${id}/files:upload?path=/tmp`, {
    method: 'POST',
    headers: { 'x-api-key': cloud.admin.key, 'content-type': 'application/x-tar' },
    body: 'no archive',
  });
  expect([garbage.status, await garbage.json()]).toMatchObject([400, { reason: 'ARCHIVE_INVALID' }]);
});

it("answers for another project's instance as for a missing one", async () => {
  for (const api of [cloud.stranger, cloud.admin]) {
    const asked = api === cloud.admin ? 'ins_01h000000000000000000000000' : id;
    for (const path of ['files?path=/', 'files:download?path=/'])
      expect((await api.call('GET', `/v1/instances/${asked}/${path}`)).status).toBe(404);
  }
});
