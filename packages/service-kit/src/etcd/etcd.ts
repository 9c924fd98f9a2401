import { readFileSync } from 'node:fs';
import { noop } from 'cockatiel';
import { Etcd3 } from 'etcd3';
import type { CertificateFiles } from '../certificates/certificate-files';

/** The etcd of the installation: membership only, never in a request path. */
export function openEtcd(endpoints: string, certificates: CertificateFiles | undefined): Etcd3 {
  return new Etcd3({
    hosts: endpoints.split(','),
    dialTimeout: 3_000,
    // etcd3 would stop all calls for 5 s after three failures in a row; elections and leases retry by themselves, sooner.
    faultHandling: { host: () => noop },
    // An address is no TLS server name (RFC 6066); a certificate for 127.0.0.1 says localhost too.
    ...(endpoints.includes('//127.0.0.1:')
      ? { grpcOptions: { 'grpc.ssl_target_name_override': 'localhost' } }
      : {}),
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
