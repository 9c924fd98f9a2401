import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A fresh ECDSA P-256 key (PKCS#8 PEM) and a signing request for it (PKCS#10 DER). The authority chooses the names. */
export async function newKeyAndRequest(): Promise<{ key: string; request: Buffer }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=thecloud',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return { key: await privateKeyPem(keys.privateKey), request: Buffer.from(request.rawData) };
}

export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}
