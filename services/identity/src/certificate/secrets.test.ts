import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueEngineCertificate } from './engine-certificate';
import { ensureSecrets } from './secrets';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'identity-secrets-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const mode = (path: string) => statSync(path).mode & 0o777;
const contents = (at: string) => readdirSync(at).map((name) => [name, readFileSync(join(at, name), 'utf8')]);

describe('ensureSecrets', () => {
  it('makes three files that only their owner may read', async () => {
    const secrets = join(dir, 'secrets');
    const { caFile } = await ensureSecrets(secrets);
    expect(readdirSync(secrets).sort()).toEqual(['ca.key', 'ca.pem', 'token-key.json']);
    expect(mode(secrets)).toBe(0o700);
    for (const name of readdirSync(secrets)) expect(mode(join(secrets, name))).toBe(0o600);

    const ca = new X509Certificate(readFileSync(caFile));
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    const years = (new Date(ca.validTo).getTime() - Date.now()) / (365 * 24 * 3_600_000);
    expect(years).toBeCloseTo(10, 1);
  });

  it('keeps what is there, and is made once however many ask', async () => {
    await Promise.all([1, 2, 3, 4].map(() => ensureSecrets(dir)));
    const first = contents(dir);
    expect(first).toHaveLength(3);
    await ensureSecrets(dir);
    expect(contents(dir)).toEqual(first);
  });
});

describe('issueEngineCertificate', () => {
  it('is for loopback, without a peer name, and is kept while it is good', async () => {
    const secretsDir = join(dir, 'secrets');
    await ensureSecrets(secretsDir);
    const request = { secretsDir, outDir: join(dir, 'etcd'), name: 'etcd' };
    const files = await issueEngineCertificate(request);
    const certificate = new X509Certificate(readFileSync(files.cert));
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    for (const file of [files.cert, files.key, files.ca]) expect(mode(file)).toBe(0o600);

    expect((await issueEngineCertificate(request)).renewed).toBe(false);
    writeFileSync(files.key, 'broken');
    expect((await issueEngineCertificate(request)).renewed).toBe(true);
  });
});
