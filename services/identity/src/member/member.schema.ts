import { sql } from 'drizzle-orm';
import { index, pgPolicy, primaryKey, text } from 'drizzle-orm/pg-core';
import { currentSubject, identity, time } from '../postgres-schema';
import { projects } from '../project/project.schema';
import type { Role } from '../role/role';
import { tenantPolicy } from '@thecloud/service-kit';
import { users } from '../user/user.schema';

export const members = identity.table(
  'member',
  {
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    role: text('role').$type<Role>().notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.userId] }),
    index('member_user').on(t.userId, t.projectId.desc()),
    tenantPolicy(),
    // People see their own memberships outside of any project, to find their projects.
    pgPolicy('own', { for: 'select', using: sql`user_id = ${currentSubject}` }),
  ],
);
