import { sql } from 'drizzle-orm';
import { pgSchema, timestamp } from 'drizzle-orm/pg-core';

export const identity = pgSchema('identity');

export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** Terms of row-level security; Database sets them for each transaction. */
export const bySystem = sql.raw(`current_setting('thecloud.scope', true) = 'system'`);
export const currentProject = sql.raw(`current_setting('thecloud.project_id', true)`);
export const currentSubject = sql.raw(`current_setting('thecloud.subject', true)`);
