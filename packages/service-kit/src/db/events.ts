import { newId } from '@thecloud/kernel';
import { onCommit } from './database';
import type { Tx } from './connection';
import type { KitTables } from './tables';

/** A CloudEvent (cloudevents.io, 1.0) without its envelope's constants. */
export interface CloudEvent {
  /** "thecloud.instance.changed". */
  readonly type: string;
  /** Id of the resource. */
  readonly subject: string;
  readonly projectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Records an event in the transaction that makes it true; the relay publishes it after the commit. */
export async function emit(tx: Tx, tables: KitTables, source: string, event: CloudEvent): Promise<void> {
  const id = newId('event');
  await tx.insert(tables.outbox).values({
    id,
    projectId: event.projectId,
    subject: `events.${event.projectId || 'platform'}.${event.type}`,
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
  onCommit(tx, () => bells.get(tables)?.());
}

/** The relay of this process, by the outbox it empties. */
const bells = new WeakMap<KitTables, () => void>();

/** Calls back after each commit that emitted; the newest caller is the one called. */
export function onEmitted(tables: KitTables, ring: () => void): void {
  bells.set(tables, ring);
}
