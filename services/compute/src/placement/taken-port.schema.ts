import { integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';

/** A host port that something else on the host was found to hold: for a while it is not chosen for anybody. */
export const takenPort = compute.table(
  'taken_port',
  {
    hostId: text('host_id').notNull(),
    protocol: text('protocol').notNull(),
    port: integer('port').notNull(),
    /** Of the instance that could not have it. */
    operationId: text('operation_id').notNull(),
    foundAt: time('found_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.hostId, t.protocol, t.port] })],
);
