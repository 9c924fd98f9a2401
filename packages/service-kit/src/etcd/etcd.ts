import { readFileSync } from 'node:fs';
import { handleWhen, noop, retry } from 'cockatiel';
import { Etcd3, GRPCDeadlineExceededError, isRecoverableError } from 'etcd3';
import type { Watcher } from 'etcd3';
import type { CertificateFiles } from '../certificates/certificate-files';

/** Deadline of each call, in ms. An etcd that hangs keeps its connections open and answers nothing. */
export const ETCD_CALL_MS = 3_000;

/** A call that ran into its deadline is not repeated: each further attempt would wait as long again. */
const isWorthRepeating = (error: Error) =>
  isRecoverableError(error) && !(error instanceof GRPCDeadlineExceededError);

/** The etcd of the installation: membership only, never in a request path. */
export function openEtcd(endpoints: string, certificates: CertificateFiles | undefined): Etcd3 {
  return new Etcd3({
    hosts: endpoints.split(','),
    dialTimeout: ETCD_CALL_MS,
    // Streams (watches, kept leases) last; keepalive pings end those of an etcd that hangs.
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + ETCD_CALL_MS }),
    faultHandling: {
      // etcd3 would stop all calls for 5 s after three failures in a row; elections and leases retry by themselves, sooner.
      host: () => noop,
      global: retry(handleWhen(isWorthRepeating), { maxAttempts: 3 }),
    },
    grpcOptions: {
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': ETCD_CALL_MS,
      // An address is no TLS server name (RFC 6066); a certificate for 127.0.0.1 says localhost too.
      ...(endpoints.includes('//127.0.0.1:') ? { 'grpc.ssl_target_name_override': 'localhost' } : {}),
    },
    ...(certificates
      ? {
          credentials: {
            rootCertificate: readFileSync(certificates.caFile),
            privateKey: readFileSync(certificates.keyFile),
            certChain: readFileSync(certificates.certFile),
          },
        }
      : {}),
  });
}

/** A watch of all keys with a prefix. @throws Error when etcd does not accept it within the deadline of a call */
export async function watchPrefix(etcd: Etcd3, prefix: string): Promise<Watcher> {
  const watcher = etcd.watch().prefix(prefix).watcher();
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('etcd did not accept a watch in time')), ETCD_CALL_MS);
      watcher.once('connected', () => resolve());
      watcher.once('error', reject);
    });
    return watcher;
  } catch (cause) {
    watcher.on('error', () => undefined); // nobody uses it
    void watcher.cancel().catch(() => undefined); // ends with its stream at the latest
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
