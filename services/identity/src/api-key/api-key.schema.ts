import { sql } from 'drizzle-orm';
import { index, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { tenantPolicy } from '@thecloud/service-kit';
import { identity, time } from '../postgres-schema';
import { projects } from '../project/project.schema';
import type { Role } from '../role/role';
import { users } from '../user/user.schema';

export const apiKeys = identity.table(
  'api_key',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    role: text('role').$type<Role>().notNull(),
    /** SHA-256 of the secret, hex; see credential.ts for why that is enough. */
    secretHash: text('secret_hash').notNull(),
    prefix: text('prefix').notNull(),
    /** The user or the key that made it. */
    createdBy: text('created_by').notNull(),
    /** The user behind its maker: the key can do no more than this user still can in the project. */
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    createdAt: time('created_at').notNull().defaultNow(),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    revokedAt: time('revoked_at'),
  },
  (t) => [
    uniqueIndex('api_key_secret').on(t.secretHash),
    uniqueIndex('api_key_name')
      .on(t.projectId, t.name)
      .where(sql`revoked_at is null`),
    index('api_key_list').on(t.projectId, t.id.desc()),
    tenantPolicy(),
  ],
);
