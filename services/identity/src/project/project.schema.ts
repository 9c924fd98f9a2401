import { sql } from 'drizzle-orm';
import { integer, jsonb, pgPolicy, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bySystem, currentProject, currentSubject, identity, time } from '../postgres-schema';
import { users } from '../user/user.schema';

/** Seen in the project itself, and by each of its members outside of it. */
const visible = sql`id = ${currentProject} or ${bySystem} or exists (select 1 from identity.member m where m.project_id = project.id and m.user_id = ${currentSubject})`;
const inside = sql`id = ${currentProject} or ${bySystem}`;

export const projects = identity.table(
  'project',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    createdBy: text('created_by')
      .notNull()
      .references(() => users.id),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('project_name')
      .on(t.createdBy, t.name)
      .where(sql`deleted_at is null`),
    pgPolicy('visible', { for: 'select', using: visible }),
    pgPolicy('inside', { for: 'all', using: inside, withCheck: inside }),
  ],
);

export type Project = typeof projects.$inferSelect;
