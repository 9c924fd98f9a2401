import { index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { tenantPolicy, time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';

export const sshKey = compute.table(
  'ssh_key',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull(),
    publicKey: text('public_key').notNull(),
    type: text('type').notNull(),
    fingerprint: text('fingerprint').notNull(),
    operationId: text('operation_id').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('ssh_key_name').on(t.projectId, t.name),
    uniqueIndex('ssh_key_fingerprint').on(t.projectId, t.fingerprint),
    index('ssh_key_list').on(t.projectId, t.id.desc()),
    tenantPolicy(),
  ],
);

export type SshKeyRow = typeof sshKey.$inferSelect;
