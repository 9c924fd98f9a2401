import { primaryKey, text } from 'drizzle-orm/pg-core';
import { identity, time } from '../postgres-schema';

/** A process that gets no certificate any more: neither against a join token nor by renewal. */
export const revokedPeers = identity.table(
  'revoked_peer',
  {
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    revokedAt: time('revoked_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.name] })],
);
