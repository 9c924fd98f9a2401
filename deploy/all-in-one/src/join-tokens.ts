import { createJoinToken } from '@thecloud/identity';
import { CertificateFiles } from '@thecloud/service-kit';
import { type Layout, writePrivate } from './layout';

/** A certificate with less left than this may run out before its process can renew it. */
const ENOUGH_MS = 10 * 60_000;

/** Gives each process that has no good certificate a token to get one with. */
export async function writeJoinTokens(layout: Layout, hostId: string): Promise<void> {
  const members = { compute: 'local', gateway: 'local', agent: hostId };
  for (const [kind, name] of Object.entries(members)) {
    if (new CertificateFiles(layout.process(kind, 'certificate')).validFor(ENOUGH_MS)) continue;
    const token = await createJoinToken({ secretsDir: layout.identitySecrets, kind, name });
    writePrivate(layout.process(kind, 'join-token'), `${token}\n`);
  }
}
