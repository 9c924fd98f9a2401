import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as compute from '@thecloud/compute';
import * as gateway from '@thecloud/gateway';
import * as identity from '@thecloud/identity';
import { loadConfig, runAsProcess } from '@thecloud/service-kit';

/** Every service in one process; they speak gRPC with each other as if they were apart. */
async function startAll() {
  const directory = process.env.THECLOUD_CONFIG_DIR;
  if (!directory) throw new Error("THECLOUD_CONFIG_DIR must name the directory of the services' .env files");
  const environment = (service: string) =>
    parseEnv(readFileSync(join(directory, `${service}.env`), 'utf8')) as NodeJS.ProcessEnv;

  const authority = await identity.start(loadConfig(identity.identityConfig, environment('identity')));
  // The others enrol with identity, so it comes first and leaves last.
  const [hosts, front] = await Promise.all([
    compute.start(loadConfig(compute.computeConfig, environment('compute'))),
    gateway.start(loadConfig(gateway.gatewayConfig, environment('gateway'))),
  ]);
  return {
    close: async () => {
      await front.close();
      await hosts.close();
      await authority.close();
    },
  };
}

runAsProcess('control-plane', startAll);
