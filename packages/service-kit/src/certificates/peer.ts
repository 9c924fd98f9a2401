import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import type { Peer } from '../context';

/** How a certificate names its process: a SPIFFE-style URI among its alternative names. */
export const peerUri = (peer: Peer): string => `spiffe://thecloud/${peer.kind}/${peer.name}`;

/** What servers of a kind are called in their certificates, wherever they run. */
export const serverName = (kind: string): string => `${kind}.thecloud.internal`;

/** Who is on the other end; undefined when it showed no certificate. TLS has already checked the signature. */
export function peerOf(certificate: PeerCertificate | undefined): Peer | undefined {
  const uri = /URI:spiffe:\/\/thecloud\/([a-z0-9-]+)\/([A-Za-z0-9_.-]+)/.exec(
    certificate?.subjectaltname ?? '',
  );
  return uri?.[1] && uri[2] ? { kind: uri[1], name: uri[2] } : undefined;
}

/** For a TLS client: an error unless the server is that very process, not only one of its kind. */
export function refusesOthers(expected: Peer): typeof checkServerIdentity {
  return (host, certificate) => {
    const peer = peerOf(certificate);
    if (peer?.kind === expected.kind && peer.name === expected.name)
      return checkServerIdentity(host, certificate);
    const found = peer ? peerUri(peer) : 'no process of this cloud';
    return new Error(`${peerUri(expected)} was expected, and ${found} answered`);
  };
}
