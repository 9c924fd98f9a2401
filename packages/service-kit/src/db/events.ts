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
 * transaction are written at its end, together with the COMMIT: while the rows they speak of are still locked, so
 * that events of a resource are numbered in the order of its changes. What happens to one resource several times in a
 * transaction has happened once to everybody else: the last event of a type and subject counts.
 */
export function emit(tx: Tx, tables: KitTables, source: string, event: CloudEvent): void {
  const transaction = transactionOf(tx);
  const events = emitted.get(transaction) ?? new Map<string, PublishedEvent>();
  if (events.size === 0) {
    emitted.set(transaction, events);
    let written: Emitted = { rows: [], behind: [], since: 0 };
    beforeCommit(tx, async () => {
      const since = performance.now();
      const rows = rowsFor(events.values());
      const [behind = []] = await Promise.all(rows.map((row) => insertOf(tables)(tx, { ...row })));
      written = { rows, behind: behind.map(({ id }) => id), since };
    });
    onCommit(tx, () => bells.get(tables)?.(written));
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

/** A row of the outbox as it is published. */
export interface Message {
  /** Of its first event. */
  readonly id: string;
  readonly projectId: string;
  /** A list of CloudEvents, in JSON. */
  readonly events: string;
  /** Ids of what they speak of. */
  readonly resources: readonly string[];
}

/** What a transaction has emitted. */
export interface Emitted {
  readonly rows: readonly Message[];
  /**
   * Ids of the oldest rows, at most MOST_BEHIND, that were not marked as published yet when these were written. What
   * was committed of the same resources before is marked or among them.
   */
  readonly behind: readonly string[];
  /** When they were written, by `performance.now()`. */
  readonly since: number;
}

export const MOST_BEHIND = 100;

/** Characters of JSON in one row, and so in one message; an event that has more is alone in its. */
const MOST_CHARS = 64 << 10;

/** Each project's events, in their order, in as few rows as will do. */
function rowsFor(events: Iterable<PublishedEvent>): Message[] {
  const rows: Array<Omit<Message, 'events' | 'resources'> & { events: string[]; resources: string[] }> = [];
  for (const [projectId, own] of Map.groupBy(events, ownerOf)) {
    let room = 0;
    for (const event of own) {
      const json = JSON.stringify(event);
      if (room < json.length) {
        rows.push({ id: event.id, projectId, events: [], resources: [] });
        room = MOST_CHARS;
      }
      rows.at(-1)?.events.push(json);
      rows.at(-1)?.resources.push(event.subject);
      room -= json.length;
    }
  }
  return rows.map((row) => ({ ...row, events: `[${row.events.join()}]` }));
}

/** Row-level security takes '' for whoever has no project. */
const ownerOf = ({ projectid }: PublishedEvent) => projectid || PLATFORM;

const inserts = new WeakMap<KitTables, ReturnType<typeof insertInto>>();
function insertOf(tables: KitTables): ReturnType<typeof insertInto> {
  const insert = inserts.get(tables) ?? insertInto(tables);
  inserts.set(tables, insert);
  return insert;
}

/** As JSON and not JSONB: nobody asks what is in it. Answers with what else was waiting: see Emitted. */
const insertInto = ({ outbox }: KitTables) => {
  const value = (name: keyof Message) => sql.placeholder(name);
  return statement<{ id: string }>(
    'outbox_insert',
    () => sql`
      with made as (
        insert into ${outbox} (id, project_id, events) values (${value('id')}, ${value('projectId')}, ${value('events')}))
      select id from ${outbox} where published_at is null order by sequence limit ${sql.raw(`${MOST_BEHIND}`)}`,
  );
};

/** The relay of this process, by the outbox it empties. */
const bells = new WeakMap<KitTables, (emitted: Emitted) => void>();

/** Calls back after each commit that emitted; the newest caller is the one called. */
export function onEmitted(tables: KitTables, ring: (emitted: Emitted) => void): void {
  bells.set(tables, ring);
}
