import 'reflect-metadata';
import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PublicKey } from '@peculiar/x509';
import { privateKeyPem } from '@thecloud/service-kit';
import { openAuthority } from './authority';
import { ECDSA_P256, HOUR_MS, sign } from './x509';

const LIFE_MS = 365 * 24 * HOUR_MS;

export interface EngineCertificateOptions {
  readonly secretsDir: string;
  readonly outDir: string;
  /** postgres, etcd, nats, registry. */
  readonly name: string;
  /** Whom the files shall belong to. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

export interface EngineCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** New files were written: a running engine has to be told. */
  readonly renewed: boolean;
}

/**
 * cert.pem, key.pem and ca.pem for an engine on this machine (directory 0700, files 0600): one year, to serve and to
 * call (etcd members do both), for 127.0.0.1, ::1 and localhost. Kept until less than a third of its life is left.
 * It carries no peer URI: to our own processes an engine is nobody.
 */
export async function issueEngineCertificate(o: EngineCertificateOptions): Promise<EngineCertificate> {
  const { authority, caPem } = await openAuthority(o.secretsDir);
  const files = {
    cert: join(o.outDir, 'cert.pem'),
    key: join(o.outDir, 'key.pem'),
    ca: join(o.outDir, 'ca.pem'),
  };
  if (await stillGood(files.cert, files.key, caPem)) return { ...files, renewed: false };

  const keys = await crypto.subtle.generateKey(ECDSA_P256, true, ['sign', 'verify']);
  const certificate = await sign(authority, {
    publicKey: await PublicKey.create(keys.publicKey),
    commonName: o.name,
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ],
    lifeMs: LIFE_MS,
  });
  await mkdir(o.outDir, { recursive: true, mode: 0o700 });
  await chmod(o.outDir, 0o700);
  if (o.owner) await chown(o.outDir, o.owner.uid, o.owner.gid);
  // The certificate last: a crash in between leaves a pair that does not match, and the next call replaces it.
  for (const [path, text] of [
    [files.key, await privateKeyPem(keys.privateKey)],
    [files.ca, caPem],
    [files.cert, certificate],
  ] as const) {
    await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
    if (o.owner) await chown(`${path}.new`, o.owner.uid, o.owner.gid);
    await rename(`${path}.new`, path);
  }
  return { ...files, renewed: true };
}

async function stillGood(certFile: string, keyFile: string, caPem: string): Promise<boolean> {
  try {
    const certificate = new NodeCertificate(await readFile(certFile));
    return (
      new Date(certificate.validTo).getTime() - Date.now() > LIFE_MS / 3 &&
      certificate.verify(new NodeCertificate(caPem).publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(await readFile(keyFile)))
    );
  } catch {
    return false; // absent or unreadable: issue a new one
  }
}
