import { sql } from 'drizzle-orm';
import { getTableConfig, jsonb, pgSchema, text } from 'drizzle-orm/pg-core';
import { newId } from '@thecloud/kernel';
import type { EventType } from '@thecloud/kernel';
import { PLATFORM, subjectOf } from '../events/subject';
import { beforeCommit, onCommit, transactionOf } from './database';
import { prepared } from './connection';
import type { Tx } from './connection';
import type { KitTables } from './tables';

/** A CloudEvent (cloudevents.io, 1.0) without its envelope's constants. */
export interface CloudEvent {
  readonly type: EventType;
  /** Id of the resource. */
  readonly subject: string;
  readonly projectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const emitted = new WeakMap<object, Array<KitTables['outbox']['$inferInsert']>>();

/**
 * Records an event in the transaction that makes it true; the relay publishes it after the commit. All events of a
 * transaction are written by one statement, together with its COMMIT: while the rows they speak of are still locked, so
 * that events of a resource are numbered in the order of its changes. What happens to one resource several times in a
 * transaction has happened once to everybody else: the last event of a type and subject counts.
 */
export function emit(tx: Tx, tables: KitTables, source: string, event: CloudEvent): void {
  const transaction = transactionOf(tx);
  const rows = emitted.get(transaction) ?? [];
  if (rows.length === 0) {
    emitted.set(transaction, rows);
    beforeCommit(tx, () => insertion(tables)(tx).execute({ rows: JSON.stringify(rows) }));
    onCommit(tx, () => bells.get(tables)?.(rows.map(({ id }) => id)));
  }
  const id = newId('event');
  const earlier = rows.findIndex(({ event: e }) => same(e as CloudEvent, event));
  if (earlier >= 0) rows.splice(earlier, 1);
  rows.push({
    id,
    projectId: event.projectId || PLATFORM, // row-level security takes '' for whoever has no project
    subject: subjectOf(event.projectId, event.type),
    event: {
      specversion: '1.0',
      id,
      source: `/thecloud/${source}`,
      type: event.type,
      subject: event.subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      projectid: event.projectId,
      data: event.data,
    },
  });
}

/** One statement for any number of rows, so that it is built once: `rows` in JSON. */
function insertion(tables: KitTables): Insertion {
  const known = insertions.get(tables) ?? prepareInsertion(tables);
  insertions.set(tables, known);
  return known;
}
const insertions = new WeakMap<KitTables, Insertion>();
type Insertion = ReturnType<typeof prepareInsertion>;

function prepareInsertion({ outbox }: KitTables) {
  const { schema = '', name } = getTableConfig(outbox);
  const given = pgSchema(schema).table(name, {
    id: text('id'),
    projectId: text('project_id'),
    subject: text('subject'),
    event: jsonb('event'),
  });
  const rows = sql`select * from jsonb_to_recordset(${sql.placeholder('rows')})
    as (id text, "projectId" text, subject text, event jsonb)`;
  return prepared((tx) => tx.insert(given).select(rows).prepare('outbox_insert'));
}

const same = (a: CloudEvent, b: CloudEvent) => a.type === b.type && a.subject === b.subject;

/** The relay of this process, by the outbox it empties. */
const bells = new WeakMap<KitTables, (ids: string[]) => void>();

/** Calls back with the events' ids after each commit that emitted; the newest caller is the one called. */
export function onEmitted(tables: KitTables, ring: (ids: string[]) => void): void {
  bells.set(tables, ring);
}
