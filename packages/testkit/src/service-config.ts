import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJoinToken } from '@thecloud/identity';
import type { ServiceConfig } from '@thecloud/service-kit';
import type { TestDatabase } from './database';
import type { TestEngines } from './engines';

/** The common settings of a service under test; quiet unless THECLOUD_LOG_LEVEL says otherwise. */
export async function testConfig(
  engines: TestEngines,
  database: TestDatabase,
  service: string,
  enrollPort = 0,
): Promise<ServiceConfig & { THECLOUD_LOG_LEVEL: 'silent' }> {
  const dir = mkdtempSync(join(engines.dir, `${service}-`));
  const joinToken = join(dir, 'join-token');
  const { secretsDir } = engines;
  writeFileSync(joinToken, await createJoinToken({ secretsDir, kind: service, name: `${service}-test` }), {
    mode: 0o600,
  });
  return {
    THECLOUD_LOG_LEVEL: (process.env['THECLOUD_LOG_LEVEL'] ?? 'silent') as 'silent',
    THECLOUD_CERTIFICATE_DIR: join(dir, 'certificate'),
    THECLOUD_CA_FILE: engines.caFile,
    THECLOUD_JOIN_TOKEN_PATH: joinToken,
    THECLOUD_ENROLL_ENDPOINT: `127.0.0.1:${enrollPort}`,
    THECLOUD_ETCD_ENDPOINTS: engines.etcdEndpoints,
    THECLOUD_OPS_ADDRESS: '127.0.0.1:0',
    THECLOUD_DATABASE_URL: database.url,
    THECLOUD_DATABASE_PASSWORD: database.password,
    THECLOUD_NATS_URL: engines.natsUrl,
    THECLOUD_EVENTS_KEEP_HOURS: 1,
    THECLOUD_EVENTS_KEEP_MIB: 64,
    THECLOUD_OPERATIONS_KEEP_DAYS: 30,
  };
}
