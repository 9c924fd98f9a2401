import { configPath, removeContext, writeContext } from '@thecloud/cli';
import { seed } from '@thecloud/identity';
import { CloudApi } from './cloud-api';
import { DATABASE } from './database';
import { databasePassword } from './environments';
import { type Layout, readIfThere, writePrivate } from './layout';
import type { Ports } from './ports';
import { secret } from './secrets';

export const adminEmail = 'admin@thecloud.local';
export const contextName = 'local';
const API_KEY = 'api-key';

/** The administrator, a first project and a key to it, made if they are not there. Answers with a key that works. */
export async function openAccount(layout: Layout, ports: Ports, caFile: string): Promise<CloudApi> {
  const url = `http://127.0.0.1:${ports.gateway}`;
  const known = readIfThere(layout.secret(API_KEY))?.trim();
  if (known) {
    const api = new CloudApi(url, known);
    if (await api.accepts()) return api;
  }
  const { apiKey = '' } = await seed({
    databaseUrl: `postgres://thecloud_identity@127.0.0.1:${ports.postgres}/${DATABASE}`,
    databasePassword: secret(layout, databasePassword('identity')),
    caFile,
    email: adminEmail,
    password: secret(layout, 'admin-password'),
    projectName: 'default',
    keyName: 'make-up',
    rotateKey: true,
  });
  writePrivate(layout.secret(API_KEY), `${apiKey}\n`);
  return new CloudApi(url, apiKey);
}

/** Makes the CLI's context for this cloud; one that has the key already is left as its owner made it. */
export async function writeCliContext(
  layout: Layout,
  server: string,
  grpcAddress: string,
): Promise<'kept' | 'written'> {
  const path = configPath(process.env);
  const apiKey = readIfThere(layout.secret(API_KEY))?.trim() ?? '';
  // Remembered first, so that `make clean` finds it whoever runs that.
  const known = knownConfigs(layout);
  if (!known.includes(path)) writePrivate(layout.cliConfigs, [...known, path, ''].join('\n'));
  const config = readIfThere(path);
  if (config && [apiKey, server, grpcAddress].every((text) => config.includes(text))) return 'kept';
  await writeContext({ server, grpc_address: grpcAddress, api_key: apiKey }, { name: contextName });
  return 'written';
}

/** From every configuration it was written to; another cloud's context of the same name stays. */
export async function removeCliContext(layout: Layout): Promise<void> {
  const apiKey = readIfThere(layout.secret(API_KEY))?.trim();
  for (const path of knownConfigs(layout)) {
    if (!apiKey || !readIfThere(path)?.includes(apiKey)) continue;
    await removeContext(contextName, { env: { THECLOUD_CONFIG: path } });
  }
}

const knownConfigs = (layout: Layout): string[] =>
  (readIfThere(layout.cliConfigs) ?? '').split('\n').filter((path) => path !== '');
