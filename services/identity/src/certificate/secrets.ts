import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { privateKeyPem } from '@thecloud/service-kit';
import { ECDSA_P256, selfSigned } from './x509';

/** Files of the secrets directory: what the whole installation trusts. Only identity may read them. */
export const secretFiles = (dir: string) => ({
  ca: join(dir, 'ca.pem'),
  caKey: join(dir, 'ca.key'),
  tokenKey: join(dir, 'token-key.json'),
});

/**
 * Makes the authority's key and certificate and the token signing key, unless they exist (directory 0700, files
 * 0600). Safe to run by several at once: each file is linked into place whole, and the first one stays.
 */
export async function ensureSecrets(dir: string): Promise<{ caFile: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const files = secretFiles(dir);
  await ensureFile(files.caKey, newCaKey);
  // Made from the key on disk: two that race sign with the same key.
  await ensureFile(files.ca, async () => selfSigned(await readCaKeys(files.caKey)));
  await ensureFile(files.tokenKey, newTokenKey);
  return { caFile: files.ca };
}

/** The authority's key pair, from its PKCS#8 PEM. */
export async function readCaKeys(file: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(await readFile(file));
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', bytes(pkcs8), ECDSA_P256, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', bytes(spki), ECDSA_P256, true, ['verify']),
  };
}

/** Web Crypto takes no view on a shared pool. */
const bytes = (buffer: Buffer) => new Uint8Array(buffer);

async function newCaKey(): Promise<string> {
  const keys = await crypto.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']);
  return privateKeyPem(keys.privateKey);
}

async function newTokenKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return JSON.stringify({ ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) });
}

async function ensureFile(path: string, make: () => Promise<string>): Promise<void> {
  if (existsSync(path)) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, await make(), { mode: 0o600, flush: true });
    await link(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    await unlink(draft);
  }
}
