import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CertificateFiles, newKeyAndRequest } from '@thecloud/service-kit';
import type { Issue } from '@thecloud/service-kit';
import type { CertificateAuthority } from './authority';

/** A certificate with less left than this is not worth starting with. */
const FRESH_ENOUGH_MS = 5 * 60_000;

/** Identity holds the authority's key, so it signs for itself, also when nobody else can be reached. */
export async function ownCertificate(
  dir: string,
  authority: CertificateAuthority,
): Promise<{ files: CertificateFiles; issue: Issue }> {
  const name =
    hostname()
      .replace(/[^A-Za-z0-9_.-]/g, '-')
      .slice(0, 64) || 'identity';
  const issue: Issue = (request) => authority.issue({ kind: 'identity', name }, request);
  const files = new CertificateFiles(dir);
  if (!files.validFor(FRESH_ENOUGH_MS) || readFileSync(files.caFile, 'utf8') !== authority.caPem) {
    const { key, request } = await newKeyAndRequest();
    const issued = await issue(request);
    files.replace({ key, certificate: issued.certificatePem, ca: issued.caPem });
  }
  return { files, issue };
}
