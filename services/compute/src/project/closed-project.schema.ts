import { text } from 'drizzle-orm/pg-core';
import { tenantPolicy, time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';

/** Projects in which nothing can be made any more; compute.enter_project refuses writes in them. Rows stay for good. */
export const closedProject = compute.table(
  'closed_project',
  {
    projectId: text('project_id').primaryKey(),
    /** Id of the user or API key that deleted it. */
    requestedBy: text('requested_by').notNull(),
    /** Of the operation that deletes what is in it; empty: it was empty. */
    operationId: text('operation_id').notNull().default(''),
    closedAt: time('closed_at').notNull().defaultNow(),
    /** When identity had removed it. */
    removedAt: time('removed_at'),
  },
  () => [tenantPolicy()],
);
