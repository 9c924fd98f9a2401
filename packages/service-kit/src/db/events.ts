import { newId } from '@thecloud/kernel';
import type { EventType } from '@thecloud/kernel';
import { PLATFORM, subjectOf } from '../events/subject';
import { beforeCommit, onCommit, transactionOf } from './database';
import type { Tx } from './connection';
import { insertRows } from './insert-rows';
import type { KitTables } from './tables';

/** A CloudEvent (cloudevents.io, 1.0) without its envelope's constants. */
export interface CloudEvent {
  readonly type: EventType;
  /** Id of the resource. */
  readonly subject: string;
  readonly projectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Row = Required<Pick<KitTables['outbox']['$inferInsert'], 'id' | 'projectId' | 'subject' | 'event'>>;
const emitted = new WeakMap<object, Row[]>();

const outboxes = new WeakMap<KitTables, (tx: Tx, row: Row) => Promise<void>>();
function outboxOf(tables: KitTables): (tx: Tx, row: Row) => Promise<void> {
  const known = outboxes.get(tables);
  if (known) return known;
  const insert = insertRows('outbox_insert', () => tables.outbox, ['id', 'projectId', 'subject', 'event']);
  outboxes.set(tables, insert);
  return insert;
}

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
    beforeCommit(tx, () => Promise.all(rows.map((row) => outboxOf(tables)(tx, row))));
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

const same = (a: CloudEvent, b: CloudEvent) => a.type === b.type && a.subject === b.subject;

/** The relay of this process, by the outbox it empties. */
const bells = new WeakMap<KitTables, (ids: string[]) => void>();

/** Calls back with the events' ids after each commit that emitted; the newest caller is the one called. */
export function onEmitted(tables: KitTables, ring: (ids: string[]) => void): void {
  bells.set(tables, ring);
}
