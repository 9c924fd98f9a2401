import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { X509Certificate } from '@peculiar/x509';
import type { Peer } from '@thecloud/service-kit';
import { peerUri, serverName } from '@thecloud/service-kit';
import { readCaKeys, secretFiles } from './secrets';
import { HOUR_MS, keyOfRequest, sign } from './x509';
import type { Authority } from './x509';

/** What names a peer: both parts go into a URI that every process trusts. */
const KIND = /^[a-z][a-z0-9-]{0,31}$/;
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** A certificate and the authority's, both PEM. */
export interface Issued {
  readonly certificatePem: string;
  readonly caPem: string;
}

/** Signs certificates of processes: short-lived, named after kind and name, good for serving and calling. */
export class CertificateAuthority {
  private constructor(
    private readonly authority: Authority,
    readonly caPem: string,
    private readonly lifeMs: number,
  ) {}

  static async open(secretsDir: string, lifeHours = 24): Promise<CertificateAuthority> {
    const { authority, caPem } = await openAuthority(secretsDir);
    return new CertificateAuthority(authority, caPem, lifeHours * HOUR_MS);
  }

  /** Of the request only the key counts. INVALID_ARGUMENT CSR_INVALID: not a request, or not signed by its key. */
  async issue(peer: Peer, csr: Uint8Array): Promise<Issued> {
    if (!isPeer(peer)) throw new Error(`${peer.kind}/${peer.name} cannot be put into a certificate`);
    const certificatePem = await sign(this.authority, {
      publicKey: await keyOfRequest(csr),
      commonName: `${peer.kind} ${peer.name}`.slice(0, 64),
      names: [
        { type: 'url', value: peerUri(peer) },
        { type: 'dns', value: serverName(peer.kind) },
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
      lifeMs: this.lifeMs,
    });
    return { certificatePem, caPem: this.caPem };
  }
}

export async function openAuthority(secretsDir: string): Promise<{ authority: Authority; caPem: string }> {
  const files = secretFiles(secretsDir);
  const [caPem, keys] = await Promise.all([readFile(files.ca, 'utf8'), readCaKeys(files.caKey)]);
  return {
    authority: { certificate: new X509Certificate(caPem), privateKey: keys.privateKey },
    caPem,
  };
}

export const isPeer = (peer: Peer): boolean => KIND.test(peer.kind) && NAME.test(peer.name);
