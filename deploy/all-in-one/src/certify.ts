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

/** Engines that run already must take over a certificate that was renewed. */
export async function reloadRenewed(engines: readonly Engine[], renewed: readonly string[]): Promise<void> {
  for (const engine of engines) {
    if (renewed.includes(engine.name) && engine.pid() !== undefined) await engine.reload();
  }
}
