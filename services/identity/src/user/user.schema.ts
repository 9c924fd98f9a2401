import { and, isNull, sql } from 'drizzle-orm';
import { boolean, pgPolicy, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { bySystem, currentProject, currentSubject, identity, time } from '../postgres-schema';

/** Seen by the user, and by projects the user is a member of. */
const visible = sql`id = ${currentSubject} or ${bySystem} or exists (select 1 from identity.member m where m.user_id = "user".id and m.project_id = ${currentProject})`;

export const users = identity.table(
  'user',
  {
    id: text('id').primaryKey(),
    /** Lower case: one account an address, however it is written. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** Argon2id, with its salt and parameters (PHC string). */
    passwordHash: text('password_hash').notNull(),
    platformAdmin: boolean('platform_admin').notNull().default(false),
    /** Set: the password is an administrator's, works for one sign-in until then, and has to be replaced by it. */
    oneTimeUntil: time('one_time_until'),
    createdAt: time('created_at').notNull().defaultNow(),
    disabledAt: time('disabled_at'),
    /** Set: the account is gone; its row stays for what refers to it. */
    deletedAt: time('deleted_at'),
  },
  (t) => [
    uniqueIndex('user_email')
      .on(t.email)
      .where(sql`deleted_at is null`),
    pgPolicy('visible', { for: 'select', using: visible }),
    pgPolicy('written_by_system', { for: 'all', using: bySystem, withCheck: bySystem }),
  ],
);

/** Able to sign in. */
export const active = and(isNull(users.disabledAt), isNull(users.deletedAt));
