import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine, recordedGateway } from '../test/recorded-gateway';

const { privateKey: rsa, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const locked = { cipher: 'aes-256-cbc', passphrase: 'x' };
const pem = (key: typeof rsa, type: 'pkcs1' | 'pkcs8' | 'sec1', more = {}) =>
  key.export({ type, format: 'pem', ...more } as never) as unknown as string;
const pkcs8 = pem(rsa, 'pkcs8');

const privateKeys: [string, string | Buffer][] = [
  ['PKCS#8', pkcs8],
  ['PKCS#8, encrypted', pem(rsa, 'pkcs8', locked)],
  ['PKCS#1', pem(rsa, 'pkcs1')],
  ['PKCS#1, encrypted', pem(rsa, 'pkcs1', locked)],
  ['SEC 1', pem(ec, 'sec1')],
  ['DSA', pkcs8.replaceAll('PRIVATE', 'DSA PRIVATE')],
  ['PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVYBF\n'],
  ['ssh.com', '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\nP2/56wAAA\n'],
  [
    'PuTTY 2',
    'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\nAAAA\n',
  ],
  ['PuTTY 3', 'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: aes256-cbc\r\nPrivate-Lines: 1\r\nAAAA\r\n'],
  ['SSH version 1', 'SSH PRIVATE KEY FILE FORMAT 1.1\n\0\0\0'],
  ['a JSON Web Key', JSON.stringify(ec.export({ format: 'jwk' }))],
  ['UTF-16', Buffer.from(`\ufeff${pkcs8}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\ufeff${pkcs8}`, 'utf16le').swap16()],
  ['after its public half', `ssh-ed25519 AAAA ada\n${pkcs8}`],
  ['with blanks before it', `\n  ${pkcs8}`],
];

describe('importing a public key', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  beforeAll(async () => {
    gateway = await recordedGateway({
      'POST /v1/ssh-keys': { status: 201, body: { metadata: { id: 'key_1', name: 'a' } } },
    });
    home = await machine({ server: gateway.url, api_key: 'cloud_k' });
  });
  afterAll(async () => {
    await gateway.close();
    await home.remove();
  });
  const imported = async (content: string | Buffer) => {
    const file = join(home.dir, 'id_test');
    await writeFile(file, content);
    return home.cloud(['ssh-key', 'import', 'a', file]);
  };

  it.each(privateKeys)('refuses a private key before anything is sent: %s', async (_, content) => {
    const { code, err } = await imported(content);
    expect(code).toBe(2);
    expect(err).toMatch(/holds a private key[\s\S]*id_test\.pub/);
    expect(gateway.seen).toEqual([]);
  });

  it('refuses the one that ssh-keygen makes, also on standard input, and sends its public half', async () => {
    const file = join(home.dir, 'made');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', file]);
    const content = await readFile(file, 'utf8');
    expect((await home.cloud(['ssh-key', 'import', 'a', file])).err).toContain('holds a private key');
    expect((await home.cloud(['ssh-key', 'import', 'a', '-'], { stdin: content })).code).toBe(2);
    expect(gateway.seen).toEqual([]);
    const line = (await readFile(`${file}.pub`, 'utf8')).trim();
    expect((await home.cloud(['ssh-key', 'import', 'a', '-'], { stdin: `${line}\n` })).code).toBe(0);
    expect(gateway.seen.pop()?.body).toEqual({ name: 'a', public_key: line });
  });

  it.each([
    ['DER', rsa.export({ type: 'pkcs8', format: 'der' }), 'does not hold one public key'],
    ['PEM of a public key', publicKey.export({ type: 'spki', format: 'pem' }), 'ssh-keygen -i'],
    ['two keys', 'ssh-ed25519 AAAA a\nssh-ed25519 BBBB b\n', 'does not hold one public key'],
    ['nothing', '', 'does not hold one public key'],
    ['a password', 'correct horse battery staple', 'does not hold one public key'],
  ])('refuses %s', async (_, content, why) => {
    const { code, err } = await imported(content);
    expect(code).toBe(2);
    expect(err).toContain(why);
    expect(gateway.seen).toEqual([]);
  });

  it('says what is wrong with a file that is not there', async () => {
    const { code, err } = await home.cloud(['ssh-key', 'import', 'a', '/nofile']);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^Error: \/nofile cannot be read: no such file or directory\.?\n$/),
    });
  });
});
