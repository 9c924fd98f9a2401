import { createJoinToken } from '@thecloud/identity';
import { CertificateFiles } from '@thecloud/service-kit';
import { type Layout, writePrivate } from './layout';
import { serviceNames } from './services';

/** A certificate with less left than this may run out before its process can renew it. */
const ENOUGH_MS = 10 * 60_000;

/** Gives each process that has no good certificate a token to get one with. */
export async function writeJoinTokens(layout: Layout, hostId: string): Promise<void> {
  // Identity signs its own certificate.
  for (const kind of serviceNames.filter((each) => each !== 'identity')) {
    const name = kind === 'agent' ? hostId : 'local';
    if (new CertificateFiles(layout.process(kind, 'certificate')).validFor(ENOUGH_MS)) continue;
    const token = await createJoinToken({ secretsDir: layout.identitySecrets, kind, name });
    writePrivate(layout.process(kind, 'join-token'), `${token}\n`);
  }
}
