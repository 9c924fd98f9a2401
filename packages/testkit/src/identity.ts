import { type IdentityConfig, type IdentityServed, migrationsFolder, start } from '@thecloud/identity';
import { type TestDatabase, testDatabase } from './database';
import type { TestEngines } from './engines';
import { testConfig } from './service-config';

export interface TestIdentity {
  readonly served: IdentityServed;
  readonly config: IdentityConfig;
  readonly database: TestDatabase;
  /** Another one on the same database. */
  addReplica(): Promise<void>;
  /** Drains the service and drops its database. */
  close(): Promise<void>;
}

/** Identity as it runs in production, on a database of its own. */
export async function startTestIdentity(
  engines: TestEngines,
  settings: Partial<IdentityConfig> = {},
  databaseThrough = (url: string) => url,
): Promise<TestIdentity> {
  const database = await testDatabase('identity', migrationsFolder);
  const config: IdentityConfig = {
    ...(await testConfig(engines, database, 'identity')),
    THECLOUD_DATABASE_URL: databaseThrough(database.url),
    THECLOUD_IDENTITY_ADDRESS: '127.0.0.1:0',
    THECLOUD_ENROLL_ADDRESS: '127.0.0.1:0',
    THECLOUD_IDENTITY_SECRETS_DIR: engines.secretsDir,
    THECLOUD_IDENTITY_CERTIFICATE_HOURS: 24,
    THECLOUD_REGISTRATION: 'open',
    ...settings,
  };
  const served = await start(config);
  const replicas = [served];
  return {
    served,
    config,
    database,
    addReplica: async () => {
      const certificates = `${config.THECLOUD_CERTIFICATE_DIR}-${replicas.length}`;
      replicas.push(await start({ ...config, THECLOUD_CERTIFICATE_DIR: certificates }));
    },
    close: async () => {
      await Promise.all(replicas.map((replica) => replica.close()));
      await database.close();
    },
  };
}
