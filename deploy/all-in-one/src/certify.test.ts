import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSecrets, issueEngineCertificate } from '@thecloud/identity';
import { endingCertificates } from './certify';

const dir = mkdtempSync(join(tmpdir(), 'certify-'));
const layout = { tls: (name: string) => join(dir, name) };
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('names the engines whose certificates end soon, and what renews them', async () => {
  const secretsDir = join(dir, 'secrets');
  await ensureSecrets(secretsDir);
  for (const name of ['etcd', 'nats'])
    await issueEngineCertificate({ secretsDir, outDir: layout.tls(name), name });
  const inDays = (days: number) => endingCertificates(layout, Date.now() + days * 86_400_000);
  expect(inDays(330)).toEqual([]);
  expect(inDays(340)).toEqual([
    expect.stringMatching(/^The certificate of etcd ends on \d{4}-\d\d-\d\d; make up renews it/),
    expect.stringContaining('of nats'),
  ]);
});
