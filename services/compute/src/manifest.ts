import { join } from 'node:path';
import { defineService } from '@thecloud/service-kit';
import { computeConfig } from './config';
import { start } from './service';

export const manifest = defineService({
  name: 'compute',
  title: 'Hosts, images, instances',
  ports: { compute: 7103, computeOps: 7112 },
  engines: ['registry'],
  directories: { THECLOUD_SPOOL_DIR: 'spool' },
  migrationsFolder: join(__dirname, '..', 'migrations'),
  config: computeConfig,
  start,
});
