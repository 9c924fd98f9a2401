import { pgSchema } from 'drizzle-orm/pg-core';
import { kitTables, reportTable } from '@thecloud/service-kit';

/** Everything this service stores stands in this schema. */
export const compute = pgSchema('compute');

export const tables = kitTables(compute);
export const { outbox, inbox, failedEvent, work, leader, idempotency, operation } = tables;
/** How far the reports of hosts are stored. */
export const hostReport = reportTable(compute);
