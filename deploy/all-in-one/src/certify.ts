import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '@thecloud/engines';
import { ensureSecrets, issueEngineCertificate } from '@thecloud/identity';
import { certifiedEngines } from './engines';
import type { Layout } from './layout';

/** Makes the authority, and a certificate for each engine; answers the engines whose certificate is new. */
export async function certify(layout: Layout): Promise<{ caFile: string; renewed: string[] }> {
  const { caFile } = await ensureSecrets(layout.identitySecrets);
  const renewed: string[] = [];
  for (const name of certifiedEngines) {
    const outDir = layout.tls(name);
    const certificate = await issueEngineCertificate({ secretsDir: layout.identitySecrets, outDir, name });
    if (certificate.renewed) renewed.push(name);
  }
  return { caFile, renewed };
}

const DAY_MS = 86_400_000;
/** They live a year, and `make up` renews them in the last third of it. */
const DUE_DAYS = 30;

/** Says of each engine whose certificate ends soon that it does: nobody renews those while the cloud just runs. */
export function endingCertificates(layout: Pick<Layout, 'tls'>, now = Date.now()): string[] {
  return certifiedEngines.flatMap((name) => {
    const end = endOf(join(layout.tls(name), 'cert.pem'));
    if (end === undefined || end - now > DUE_DAYS * DAY_MS) return [];
    const day = new Date(end).toISOString().slice(0, 10);
    return [`The certificate of ${name} ends on ${day}; make up renews it while the cloud runs.`];
  });
}

/** In ms since 1970; undefined if there is none to read. */
function endOf(file: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(readFileSync(file)).validTo);
  } catch {
    return undefined; // half installed, or another user's: its engine will say more
  }
}

/** Engines that run already must take over a certificate that was renewed. */
export async function reloadRenewed(engines: readonly Engine[], renewed: readonly string[]): Promise<void> {
  for (const engine of engines) {
    if (renewed.includes(engine.name) && engine.pid() !== undefined) await engine.reload();
  }
}
