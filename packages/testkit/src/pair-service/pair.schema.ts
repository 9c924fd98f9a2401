import { bigserial, integer, pgSchema, text } from 'drizzle-orm/pg-core';
import { kitTables, tenantPolicy, time } from '@thecloud/service-kit';

/** The name that this service goes by: that of one above compute, which does not exist yet. */
export const SERVICE = 'orchestration';

export const orchestration = pgSchema(SERVICE);

export const tables = kitTables(orchestration);
export const { outbox, inbox, failedEvent, work, leader, idempotency, operation } = tables;

/** Two instances that live and die together. */
export const pair = orchestration.table(
  'pair',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    name: text('name').notNull(),
    image: text('image').notNull(),
    type: text('type').notNull(),
    desired: text('desired').$type<'running' | 'absent'>().notNull().default('running'),
    generation: integer('generation').notNull().default(1),
    state: text('state').$type<'making' | 'running' | 'failed' | 'deleting'>().notNull().default('making'),
    message: text('message').notNull().default(''),
    operationId: text('operation_id').notNull(),
    requestedBy: text('requested_by').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  () => [tenantPolicy()],
);
export type PairRow = typeof pair.$inferSelect;

/** The instances of a pair, under ids that were chosen with it. */
export const pairChild = orchestration.table(
  'pair_child',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    pairId: text('pair_id').notNull(),
    name: text('name').notNull(),
  },
  () => [tenantPolicy()],
);
export type ChildRow = typeof pairChild.$inferSelect;

/** Each time that an event of an instance had its effect: one row an event, if effects happen once. */
export const pairWake = orchestration.table('pair_wake', {
  n: bigserial('n', { mode: 'number' }).primaryKey(),
  eventId: text('event_id').notNull(),
  pairId: text('pair_id').notNull(),
});
