import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgPolicy, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { tenantPolicy, time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';
import type { Failures } from './import.plan';

export const image = compute.table(
  'image',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull(),
    source: text('source').notNull().default(''),
    state: text('state').$type<'importing' | 'ready' | 'failed' | 'deleting'>().notNull(),
    reason: text('reason').notNull().default(''),
    message: text('message').notNull().default(''),
    digest: text('digest').notNull().default(''),
    sizeBytes: bigint('size_bytes', { mode: 'bigint' })
      .notNull()
      .default(sql`0`),
    /** With all projects. */
    shared: boolean('shared').notNull().default(false),
    /** Id of the user who made it, by a session or an API key; empty if it was made before this was noted. */
    personId: text('person_id').notNull().default(''),
    /** Id of the image that it is a copy of. */
    copiedFrom: text('copied_from').notNull().default(''),
    /** Of the version before, which counted the failures of all blames in one number. Not used. */
    attempts: integer('attempts').notNull().default(0),
    /** Of an import. */
    failures: jsonb('failures').$type<Failures>().notNull().default({}),
    operationId: text('operation_id').notNull(),
    version: integer('version').notNull().default(1),
    readyAt: time('ready_at'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    // One that failed, or is on its way out, holds no name.
    uniqueIndex('image_name')
      .on(t.projectId, t.name)
      .where(sql`state in ('importing', 'ready')`),
    index('image_by_name').on(t.projectId, t.name),
    index('image_list').on(t.projectId, t.id.desc()),
    index('image_of_person').on(t.personId),
    uniqueIndex('image_shared_name')
      .on(t.name)
      .where(sql`shared`),
    tenantPolicy(),
    // Policies of a table add up. Only reading: its project, and the system, change it.
    pgPolicy('shared', { for: 'select', using: sql`shared` }),
  ],
);

export type ImageRow = typeof image.$inferSelect;
