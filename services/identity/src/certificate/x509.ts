import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonGeneralNames, PublicKey, X509Certificate } from '@peculiar/x509';
import { errors } from '../errors';

export const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export const HOUR_MS = 3_600_000;
const CA_LIFE_MS = 10 * 365 * 24 * HOUR_MS;
/** Clocks of hosts differ a little. */
const BACKDATED_MS = 60_000;

export interface Authority {
  readonly certificate: X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

export interface Leaf {
  readonly publicKey: PublicKey;
  readonly commonName: string;
  readonly names: JsonGeneralNames;
  readonly lifeMs: number;
}

/** The authority's own certificate (PEM), ten years: it may sign leaves and no further authority. */
export async function selfSigned(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=The Cloud CA',
    notBefore: new Date(Date.now() - BACKDATED_MS),
    notAfter: new Date(Date.now() + CA_LIFE_MS),
    keys,
    signingAlgorithm: ECDSA_P256,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** Signs a leaf (PEM) that may serve and call. */
export async function sign(authority: Authority, leaf: Leaf): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [leaf.commonName] }],
    issuer: authority.certificate.subject,
    notBefore: new Date(Date.now() - BACKDATED_MS),
    notAfter: new Date(Date.now() + leaf.lifeMs),
    publicKey: leaf.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ECDSA_P256,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension(leaf.names),
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await SubjectKeyIdentifierExtension.create(leaf.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** The key of a request, whose signature proves that the asker holds the private half. INVALID_ARGUMENT CSR_INVALID. */
export async function keyOfRequest(der: Uint8Array): Promise<PublicKey> {
  try {
    const request = new Pkcs10CertificateRequest(new Uint8Array(der));
    const algorithm = request.publicKey.algorithm as { name: string; namedCurve?: string };
    if (algorithm.name === 'ECDSA' && algorithm.namedCurve === 'P-256' && (await request.verify()))
      return request.publicKey;
  } catch (cause) {
    throw errors.CSR_INVALID({}, cause);
  }
  throw errors.CSR_INVALID({});
}

/** 127 random bits, positive (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
}
