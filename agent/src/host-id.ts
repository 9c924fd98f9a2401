import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isId } from '@thecloud/kernel';

/** The host this agent stands for: what its certificate calls it, which identity decided when it enrolled. */
export function hostIdOf(certFile: string): string {
  const names = new X509Certificate(readFileSync(certFile)).subjectAltName ?? '';
  const id = /URI:spiffe:\/\/thecloud\/agent\/([A-Za-z0-9_.-]+)/.exec(names)?.[1];
  if (id && isId('host', id)) return id;
  throw new Error(
    `${certFile} is not the certificate of an agent. Empty its directory and enrol with a host's join token.`,
  );
}
