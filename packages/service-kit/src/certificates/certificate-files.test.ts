import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPeer, testPostgres } from '@thecloud/testkit';

jest.setTimeout(60_000);
const HOUR_MS = 3_600_000;
const dir = mkdtempSync(join(tmpdir(), 'certificate-files-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('says when a certificate ends that should have been renewed long ago, until it is', async () => {
  const { secretsDir } = await testPostgres();
  const files = await testPeer({ secretsDir, dir }, 'compute'); // for a day
  const inHours = (hours: number) => files.endsSoon(Date.now() + hours * HOUR_MS);
  expect(files.endsSoon()).toBeUndefined();
  expect(inHours(17)).toBeUndefined();
  expect(inHours(19)).toEqual(files.expiresAt());
  const { keyFile, certFile, caFile } = await testPeer({ secretsDir, dir }, 'compute', 'compute-test', 240);
  const [key, certificate, ca] = [keyFile, certFile, caFile].map((file) => readFileSync(file, 'utf8')) as [
    string,
    string,
    string,
  ];
  files.replace({ key, certificate, ca });
  expect(inHours(19)).toBeUndefined();
});
