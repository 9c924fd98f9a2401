import { existsSync, readFileSync } from 'node:fs';
import { credentials } from '@grpc/grpc-js';
import { identityV1 } from '@thecloud/api';
import type { Logger } from '../log';
import { createClient } from '../rpc/client';
import { CertificateFiles } from './certificate-files';
import { newKeyAndRequest } from './csr';
import { serverName } from './peer';

export interface ObtainOptions {
  readonly dir: string;
  readonly caFile: string;
  /** host:port of identity's enrolment port. */
  readonly enrollEndpoint: string;
  readonly joinTokenFile: string;
  readonly log: Logger;
}

const CALL_MS = 5_000;
const ENROLL_FOR_MS = 60_000;
/** A certificate with less left than this is not worth starting with. */
const FRESH_ENOUGH_MS = 5 * 60_000;

/**
 * The certificate this process already has, or a first one against its join token; identity may still be starting,
 * so it is asked for up to a minute. Throws when the token is refused or absent.
 */
export async function obtainCertificate(o: ObtainOptions): Promise<CertificateFiles> {
  const files = new CertificateFiles(o.dir);
  if (files.validFor(FRESH_ENOUGH_MS) && sameAuthority(files, o.caFile)) return files;
  if (!existsSync(o.joinTokenFile))
    throw new Error(
      `${o.dir} holds no valid certificate and there is no join token at ${o.joinTokenFile}. Get a new one.`,
    );

  const { key, request } = await newKeyAndRequest();
  const ca = readFileSync(o.caFile);
  const client = createClient(identityV1.CertificateServiceClient, {
    target: o.enrollEndpoint,
    credentials: credentials.createSsl(ca),
    serverKind: 'identity',
  });
  try {
    const issued = await patiently(o.log, () =>
      client.enrollCertificate(
        { joinToken: readFileSync(o.joinTokenFile, 'utf8').trim(), csr: request },
        { timeoutMs: CALL_MS },
      ),
    );
    files.replace({ key, certificate: issued.certificatePem, ca: issued.caPem });
    return files;
  } finally {
    client.close();
  }
}

/** Has a signing request (PKCS#10 DER) signed for the identity this process already has. */
export type Issue = (request: Uint8Array) => Promise<{ certificatePem: string; caPem: string }>;

/** Asks identity, showing the certificate that is to be renewed. */
export function askIdentity(files: CertificateFiles, target: string): Issue {
  return async (request) => {
    const client = createClient(identityV1.CertificateServiceClient, {
      target,
      credentials: files.channelCredentials(),
      serverKind: 'identity',
    });
    try {
      return await client.renewCertificate({ csr: Buffer.from(request) }, { timeoutMs: CALL_MS });
    } finally {
      client.close();
    }
  };
}

/**
 * Renews when a third of what the certificate has left is over, for as long as the process lives, by asking identity
 * at a target or by `Issue`. Returns what stops it.
 */
export function keepRenewed(files: CertificateFiles, from: string | Issue, log: Logger): () => void {
  const issue = typeof from === 'string' ? askIdentity(files, from) : from;
  let timer: NodeJS.Timeout;
  const plan = (failures: number) => {
    const left = files.expiresAt().getTime() - Date.now();
    timer = setTimeout(
      () => void renew(failures),
      failures ? Math.min(10_000 * failures, 60_000) : Math.max(1_000, left / 3),
    );
    timer.unref();
  };
  const renew = async (failures: number) => {
    try {
      const { key, request } = await newKeyAndRequest();
      const issued = await issue(request);
      files.replace({ key, certificate: issued.certificatePem, ca: issued.caPem });
      log.info({ expires: files.expiresAt() }, 'certificate renewed');
      plan(0);
    } catch (err) {
      log.warn({ err, expires: files.expiresAt() }, 'the certificate could not be renewed yet');
      plan(failures + 1);
    }
  };
  plan(0);
  return () => clearTimeout(timer);
}

function sameAuthority(files: CertificateFiles, caFile: string): boolean {
  return readFileSync(files.caFile, 'utf8').trim() === readFileSync(caFile, 'utf8').trim();
}

async function patiently<T>(log: Logger, attempt: () => Promise<T>): Promise<T> {
  const giveUp = Date.now() + ENROLL_FOR_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (err) {
      const passing =
        (err as { code?: unknown }).code === 'UNAVAILABLE' ||
        (err as { code?: unknown }).code === 'DEADLINE_EXCEEDED';
      if (!passing || Date.now() > giveUp) throw err;
      log.debug({ err }, `waiting for ${serverName('identity')}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
