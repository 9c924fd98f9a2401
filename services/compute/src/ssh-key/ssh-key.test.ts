import { generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { parsePublicKey } from './ssh-key';

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2cIb0aTbHYuFVLlCOGTpYfVhPJZB7Sg9CNTsoGDxbY';

/** An ssh-rsa line of that many bits, made from a real key. */
function rsa(bits: number): string {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({
    format: 'jwk',
  });
  const string = (b: Buffer) => Buffer.concat([Buffer.from([0, 0, b.length >> 8, b.length & 255]), b]);
  const number = (s: string) => string(Buffer.concat([Buffer.from([0]), Buffer.from(s, 'base64url')]));
  return `ssh-rsa ${Buffer.concat([string(Buffer.from('ssh-rsa')), number(e), number(n)]).toString('base64')}`;
}

it('takes a key apart and drops its comment', () => {
  expect(parsePublicKey(`${ED25519} ada@engine\n`)).toEqual({
    type: 'ssh-ed25519',
    text: ED25519,
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string,
  });
});

it('prints the fingerprint that ssh-keygen prints', () => {
  const said = execFileSync('ssh-keygen', ['-l', '-f', '-'], { input: ED25519, encoding: 'utf8' });
  expect(said).toContain((parsePublicKey(ED25519) as { fingerprint: string }).fingerprint);
});

it('accepts RSA from 2048 bits on', () => {
  expect(parsePublicKey(rsa(2048))).toHaveProperty('fingerprint');
  expect(parsePublicKey(rsa(1024))).toEqual({ wrong: 'an RSA key needs at least 2048 bits' });
});

it.each([
  ['nothing', '', 'its type must be'],
  ['prose', 'hello world', 'its type must be'],
  ['DSA', 'ssh-dss AAAAB3NzaC1kc3M=', 'its type must be'],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'keep it to yourself'],
  ['a PKCS#8 key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIsecret', 'keep it to yourself'],
  ["PuTTY's", 'PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAAsecret', 'keep it to yourself'],
  ["ssh.com's", '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wsecret', 'keep it to yourself'],
  ['SSH version 1', 'SSH PRIVATE KEY FILE FORMAT 1.1\nsecret', 'keep it to yourself'],
  ['another form of private key', 'MIIEsecretAAAA', 'its type must be'],
  ['no base64', 'ssh-ed25519 ***', 'not base64'],
  ['a cut key', ED25519.slice(0, 52), 'cut short'],
  ['another type inside', ED25519.replace('ssh-ed25519', 'ssh-rsa'), 'cut short'],
])('refuses %s with a reason', (_what, line, why) => {
  expect(parsePublicKey(line)).toEqual({ wrong: expect.stringContaining(why) as string });
  expect(JSON.stringify(parsePublicKey(line))).not.toContain('secret');
});
