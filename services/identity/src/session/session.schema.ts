import { sql } from 'drizzle-orm';
import { index, pgPolicy, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bySystem, currentSubject, identity, time } from '../postgres-schema';
import { users } from '../user/user.schema';

const own = sql`user_id = ${currentSubject} or ${bySystem}`;

export const sessions = identity.table(
  'session',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the token, hex. */
    tokenHash: text('token_hash').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    uniqueIndex('session_token').on(t.tokenHash),
    index('session_expiry').on(t.expiresAt),
    pgPolicy('own', { for: 'all', using: own, withCheck: own }),
  ],
);
