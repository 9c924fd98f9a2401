import { seed } from '@thecloud/identity';
import type { CliAccess } from './cli-context';
import { CloudApi } from './cloud-api';
import { DATABASE } from './database';
import { databasePassword } from './service-environment';
import { type Layout, readIfThere, writePrivate } from './layout';
import type { Ports } from './ports';
import { secret } from './secrets';

export const adminEmail = 'admin@thecloud.local';
const API_KEY = 'api-key';

/** The administrator, a first project and a key to it, made if they are not there. Answers with a key that works. */
export async function openAccount(layout: Layout, ports: Ports): Promise<CloudApi> {
  const url = `http://127.0.0.1:${ports.gateway}`;
  const known = readIfThere(layout.secret(API_KEY))?.trim();
  if (known) {
    const api = new CloudApi(url, known);
    if (await api.accepts()) return api;
  }
  const { apiKey = '' } = await seed({
    ...identityDatabase(layout, ports),
    email: adminEmail,
    password: secret(layout, 'admin-password'),
    projectName: 'default',
    keyName: 'make-up',
    rotateKey: true,
  });
  writePrivate(layout.secret(API_KEY), `${apiKey}\n`);
  return new CloudApi(url, apiKey);
}

/** How the CLI reaches this installation. */
export const cliAccess = (layout: Layout, ports: Ports): CliAccess => ({
  server: `http://127.0.0.1:${ports.gateway}`,
  grpcAddress: `127.0.0.1:${ports.gatewayGrpc}`,
  apiKey: readIfThere(layout.secret(API_KEY))?.trim() ?? '',
});

/** How the operator's programs reach identity's database. */
export const identityDatabase = (layout: Layout, ports: Ports) => ({
  databaseUrl: `postgres://thecloud_identity@127.0.0.1:${ports.postgres}/${DATABASE}`,
  databasePassword: secret(layout, databasePassword('identity')),
  caFile: `${layout.tls('postgres')}/ca.pem`,
});
