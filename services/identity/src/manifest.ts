import { join } from 'node:path';
import { defineService } from '@thecloud/service-kit';
import { identityConfig } from './config';
import { start } from './service';

export const manifest = defineService({
  name: 'identity',
  title: 'Users, projects, keys',
  ports: { identity: 7101, enroll: 7102, identityOps: 7111 },
  operations: false,
  migrationsFolder: join(__dirname, '..', 'migrations'),
  config: identityConfig,
  start,
});
