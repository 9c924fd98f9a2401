import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimental } from '@grpc/grpc-js';
import type { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import type { Peer } from '../context';
import { refusesOthers } from './peer';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** Renewal begins much earlier (see keepRenewed): with a smaller share of its life left, a certificate is in danger. */
const DANGEROUS_SHARE = 0.25;

/**
 * A process's certificate, key and CA on disk (directory 0700, files 0600), and the gRPC credentials made from them.
 * `replace` swaps them live: new handshakes use the new ones, open connections stay.
 */
export class CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly #ca = new Set<CaListener>();
  readonly #identity = new Set<IdentityListener>();
  readonly #replaced = new Set<() => void>();
  /** Of the present certificate, ms since 1970. */
  #life: { readonly from: number; readonly to: number } | undefined;

  constructor(readonly dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    this.certFile = join(dir, 'cert.pem');
    this.keyFile = join(dir, 'key.pem');
    this.caFile = join(dir, 'ca.pem');
  }

  /** Still good for longer than `marginMs`? False when absent or unreadable. */
  validFor(marginMs: number): boolean {
    try {
      return this.expiresAt().getTime() - Date.now() > marginMs;
    } catch {
      return false; // absent or half-written: enrol again
    }
  }

  expiresAt(): Date {
    return new Date(new X509Certificate(readFileSync(this.certFile)).validTo);
  }

  /** When it ends, if it has not been renewed for so long that this is near. */
  endsSoon(now = Date.now()): Date | undefined {
    const { from, to } = (this.#life ??= this.#readLife());
    return to - now < (to - from) * DANGEROUS_SHARE ? new Date(to) : undefined;
  }

  #readLife(): { from: number; to: number } {
    const { validFrom, validTo } = new X509Certificate(readFileSync(this.certFile));
    return { from: Date.parse(validFrom), to: Date.parse(validTo) };
  }

  /** Key first, then CA, then certificate, each by rename: a crash in between leaves a pair that enrolment replaces. */
  replace(files: { key: string; certificate: string; ca: string }): void {
    for (const [path, text] of [
      [this.keyFile, files.key],
      [this.caFile, files.ca],
      [this.certFile, files.certificate],
    ] as const) {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    }
    this.#life = undefined;
    for (const tell of this.#ca) tell({ caCertificate: Buffer.from(files.ca) });
    for (const tell of this.#identity)
      tell({ certificate: Buffer.from(files.certificate), privateKey: Buffer.from(files.key) });
    for (const tell of this.#replaced) tell();
  }

  /** Calls back after each renewal, for clients that gRPC does not manage. */
  onReplaced(tell: () => void): void {
    this.#replaced.add(tell);
  }

  /** For servers: mutual TLS, unless `clientCertificate` is false (the enrolment port): then none is even asked for. */
  serverCredentials(clientCertificate = true): ServerCredentials {
    const provider = this.#provider();
    // grpc-js names these two the other way round: the second is the one that client certificates are checked with.
    const clientCa = clientCertificate ? provider : null;
    return experimental.createCertificateProviderServerCredentials(provider, clientCa, clientCertificate);
  }

  /** For clients: shows our certificate, accepts only servers that our CA signed, or only the `expected` one of them. */
  channelCredentials(expected?: Peer): ChannelCredentials {
    const provider = this.#provider();
    const verify = expected ? { checkServerIdentity: refusesOthers(expected) } : {};
    return experimental.createCertificateProviderChannelCredentials(provider, provider, verify);
  }

  #provider(): experimental.CertificateProvider {
    const now = () => ({ certificate: readFileSync(this.certFile), privateKey: readFileSync(this.keyFile) });
    return {
      addCaCertificateListener: (listener) => {
        this.#ca.add(listener);
        process.nextTick(listener, { caCertificate: readFileSync(this.caFile) });
      },
      removeCaCertificateListener: (listener) => void this.#ca.delete(listener),
      addIdentityCertificateListener: (listener) => {
        this.#identity.add(listener);
        process.nextTick(listener, now());
      },
      removeIdentityCertificateListener: (listener) => void this.#identity.delete(listener),
    };
  }
}
