import { newId } from '@thecloud/kernel';
import type { EventType } from '@thecloud/kernel';
import { sql } from 'drizzle-orm';
import type { PublishedEvent } from '../events/published-event';
import { PLATFORM } from '../events/subject';
import { statement } from './connection';
import type { Tx } from './connection';
import { beforeCommit, onCommit, transactionOf } from './database';
import type { KitTables } from './tables';

/** A CloudEvent (cloudevents.io, 1.0) without its envelope's constants. */
export interface CloudEvent {
  readonly type: EventType;
  /** Id of the resource. */
  readonly subject: string;
  readonly projectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** By type and subject, in the order in which they were emitted. */
const emitted = new WeakMap<object, Map<string, PublishedEvent>>();

/**
 * Records an event in the transaction that makes it true; the relay publishes it after the commit. All events of a
 * transaction are written by one statement, together with its COMMIT: while the rows they speak of are still locked, so
 * that events of a resource are numbered in the order of its changes. What happens to one resource several times in a
 * transaction has happened once to everybody else: the last event of a type and subject counts.
 */
export function emit(tx: Tx, tables: KitTables, source: string, event: CloudEvent): void {
  const transaction = transactionOf(tx);
  const events = emitted.get(transaction) ?? new Map<string, PublishedEvent>();
  if (events.size === 0) {
    emitted.set(transaction, events);
    let rows: readonly Row[] = [];
    beforeCommit(tx, () => {
      rows = rowsFor(events.values());
      return insertOf(tables)(tx, { rows: `[${rows.map(toJson).join()}]` });
    });
    onCommit(tx, () => bells.get(tables)?.(rows.map(({ id }) => id)));
  }
  const { type, subject, projectId, data } = event;
  const key = `${type} ${subject}`;
  events.delete(key);
  events.set(key, {
    specversion: '1.0',
    id: newId('event'),
    source: `/thecloud/${source}`,
    type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    projectid: projectId,
    data,
  });
}

interface Row {
  readonly id: string;
  readonly projectId: string;
  /** In JSON. */
  readonly events: string[];
}

/** Characters of JSON in one row, and so in one message; an event that has more is alone in its. */
const MOST_CHARS = 64 << 10;

/** Each project's events, in their order, in as few rows as will do. */
function rowsFor(events: Iterable<PublishedEvent>): Row[] {
  const rows: Row[] = [];
  for (const [projectId, own] of Map.groupBy(events, ownerOf)) {
    let room = 0;
    for (const event of own) {
      const json = JSON.stringify(event);
      if (room < json.length) {
        rows.push({ id: event.id, projectId, events: [] });
        room = MOST_CHARS;
      }
      rows.at(-1)?.events.push(json);
      room -= json.length;
    }
  }
  return rows;
}

/** Row-level security takes '' for whoever has no project. */
const ownerOf = ({ projectid }: PublishedEvent) => projectid || PLATFORM;

const inserts = new WeakMap<KitTables, ReturnType<typeof insertInto>>();
function insertOf(tables: KitTables): ReturnType<typeof insertInto> {
  const insert = inserts.get(tables) ?? insertInto(tables);
  inserts.set(tables, insert);
  return insert;
}

/** As JSON and not JSONB: nobody asks what is in it. */
const insertInto = ({ outbox }: KitTables) =>
  statement(
    'outbox_insert',
    () => sql`
      insert into ${outbox} (id, project_id, events)
      select id, "projectId", events
        from json_to_recordset(${sql.placeholder('rows')}::json) as r(id text, "projectId" text, events json)`,
  );

const toJson = ({ id, projectId, events }: Row) =>
  `{"id":${JSON.stringify(id)},"projectId":${JSON.stringify(projectId)},"events":[${events.join()}]}`;

/** The relay of this process, by the outbox it empties. */
const bells = new WeakMap<KitTables, (ids: string[]) => void>();

/** Calls back with the rows' ids after each commit that emitted; the newest caller is the one called. */
export function onEmitted(tables: KitTables, ring: (ids: string[]) => void): void {
  bells.set(tables, ring);
}
