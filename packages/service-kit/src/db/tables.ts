import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  customType,
  index,
  integer,
  json,
  jsonb,
  pgPolicy,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import type { PgSchema } from 'drizzle-orm/pg-core';
import type { PublishedEvent } from '../events/published-event';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
/** A point in time, to the millisecond. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/**
 * Row-level security of a tenant's table: rows of the transaction's project only, unless the system itself asks.
 * `thecloud.project_id` and `thecloud.scope` are set by Database for each transaction.
 */
export const tenantPolicy = () =>
  pgPolicy('tenant', { for: 'all', using: tenantRule, withCheck: tenantRule });
const tenantRule = sql`project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system'`;

/** The same for rows that belong to a project or, outside of one, to a user: `scope` holds either's id. */
const scopedPolicy = () => pgPolicy('scoped', { for: 'all', using: scopedRule, withCheck: scopedRule });
const scopedRule = sql`scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system'`;

/** One step of an operation, as stored. */
export interface StoredStep {
  name: string;
  state: 'running' | 'succeeded' | 'failed';
  message: string;
  startedAt: string;
  endedAt?: string;
  /** Of an operation of another resource, that this one waits for: that resource's name. */
  child?: string;
}

/** The tables every service keeps in its own schema beside its resources. */
export function kitTables<S extends string>(schema: PgSchema<S>) {
  return {
    /** Events to publish: those of a project that one transaction made true, written by it. */
    outbox: schema.table(
      'outbox',
      {
        /** Of the first of them. */
        id: text('id').primaryKey(),
        sequence: bigserial('sequence', { mode: 'bigint' }).notNull(),
        projectId: text('project_id').notNull(),
        events: json('events').$type<readonly PublishedEvent[]>().notNull(),
        createdAt: time('created_at').notNull().defaultNow(),
        publishedAt: time('published_at'),
      },
      (t) => [
        index('outbox_unpublished')
          .on(t.sequence)
          .where(sql`published_at is null`),
        index('outbox_published').on(t.publishedAt),
        tenantPolicy(),
      ],
    ),
    /** Events already taken in, so that a second delivery changes nothing. */
    inbox: schema.table(
      'inbox',
      {
        consumer: text('consumer').notNull(),
        eventId: text('event_id').notNull(),
        receivedAt: time('received_at').notNull().defaultNow(),
      },
      (t) => [primaryKey({ columns: [t.consumer, t.eventId] }), index('inbox_age').on(t.receivedAt)],
    ),
    /** Events whose effect failed: tried again, and in the end set aside for a person to look at. */
    failedEvent: schema.table(
      'failed_event',
      {
        consumer: text('consumer').notNull(),
        eventId: text('event_id').notNull(),
        event: jsonb('event').$type<PublishedEvent>().notNull(),
        tries: integer('tries').notNull().default(1),
        error: text('error').notNull(),
        failedAt: time('failed_at').notNull().defaultNow(),
        /** Not tried any more since then. */
        setAsideAt: time('set_aside_at'),
      },
      (t) => [primaryKey({ columns: [t.consumer, t.eventId] })],
    ),
    /** What controllers have to look at, and when. */
    work: schema.table(
      'work',
      {
        controller: text('controller').notNull(),
        key: text('key').notNull(),
        dueAt: time('due_at').notNull().defaultNow(),
        wakes: integer('wakes').notNull().default(0),
        attempts: integer('attempts').notNull().default(0),
        leaseUntil: time('lease_until'),
      },
      (t) => [primaryKey({ columns: [t.controller, t.key] }), index('work_due').on(t.controller, t.dueAt)],
    ),
    /** The newest leader seen of each controller. Writes of older ones are refused. */
    leader: schema.table('leader', {
      controller: text('controller').primaryKey(),
      epoch: bigint('epoch', { mode: 'bigint' }).notNull(),
    }),
    /** Answers already given, by idempotency key. */
    idempotency: schema.table(
      'idempotency',
      {
        scope: text('scope').notNull(),
        key: text('key').notNull(),
        method: text('method').notNull(),
        requestHash: text('request_hash').notNull(),
        response: bytea('response'),
        createdAt: time('created_at').notNull().defaultNow(),
      },
      (t) => [
        primaryKey({ columns: [t.scope, t.key] }),
        index('idempotency_age').on(t.createdAt),
        scopedPolicy(),
      ],
    ),
    /** Who asked for what and how it went. */
    operation: schema.table(
      'operation',
      {
        id: text('id').primaryKey(),
        projectId: text('project_id').notNull(),
        kind: text('kind').notNull(),
        resourceId: text('resource_id').notNull(),
        /** As it was when the operation began. */
        resourceName: text('resource_name').notNull().default(''),
        requestedBy: text('requested_by').notNull(),
        requestId: text('request_id').notNull(),
        state: text('state')
          .$type<'pending' | 'running' | 'succeeded' | 'failed' | 'superseded'>()
          .notNull()
          .default('pending'),
        steps: jsonb('steps').$type<StoredStep[]>().notNull().default([]),
        error: jsonb('error').$type<{ reason: string; message: string; advice: string }>(),
        createdAt: time('created_at').notNull().defaultNow(),
        endedAt: time('ended_at'),
      },
      (t) => [
        index('operation_list').on(t.projectId, t.id.desc()),
        index('operation_resource').on(t.resourceId, t.id.desc()),
        index('operation_resource_name').on(t.projectId, t.resourceName),
        index('operation_ended').on(t.endedAt),
        tenantPolicy(),
      ],
    ),
  };
}

export type KitTables = ReturnType<typeof kitTables<string>>;
