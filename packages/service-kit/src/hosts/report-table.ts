import { bigint, text } from 'drizzle-orm/pg-core';
import type { PgSchema } from 'drizzle-orm/pg-core';

/** For a service that owns kinds of things on hosts: how far each host's reports are stored. */
export const reportTable = <S extends string>(schema: PgSchema<S>) =>
  schema.table('host_report', {
    hostId: text('host_id').primaryKey(),
    /** All that the host has reported up to this sequence is stored. */
    sequence: bigint('sequence', { mode: 'bigint' }).notNull(),
  });

export type ReportTable = ReturnType<typeof reportTable<string>>;
