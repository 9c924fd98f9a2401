import { index, integer, text } from 'drizzle-orm/pg-core';
import { identity, time } from '../postgres-schema';

/** Attempts of the current window, by account and by address: a table, so that all replicas count together. */
export const loginAttempts = identity.table(
  'login_attempt',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    windowEndsAt: time('window_ends_at').notNull(),
  },
  (t) => [index('login_attempt_window').on(t.windowEndsAt)],
);
