import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import * as gateway from '@thecloud/gateway';
import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { serviceManifests } from './services';

/** Every service in one process; they speak gRPC with each other as if they were apart. */
async function startAll() {
  const directory = process.env.THECLOUD_CONFIG_DIR;
  if (!directory) throw new Error("THECLOUD_CONFIG_DIR must name the directory of the services' .env files");
  const environment = (service: string) =>
    parseEnv(readFileSync(join(directory, `${service}.env`), 'utf8')) as NodeJS.ProcessEnv;

  // The others enrol with identity, so it comes first and leaves last.
  const [identity, ...others] = serviceManifests;
  const authority = await identity?.run(environment('identity'));
  const [front, ...services] = await Promise.all([
    gateway.start(loadConfig(gateway.gatewayConfig, environment('gateway'))),
    ...others.map(({ name, run }) => run(environment(name))),
  ]);
  return {
    close: async () => {
      await front.close();
      await Promise.all(services.map((service) => service.close()));
      await authority?.close();
    },
  };
}

runAsProcess('control-plane', startAll);
