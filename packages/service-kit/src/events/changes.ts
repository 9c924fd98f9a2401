import type { EventType } from '@thecloud/kernel';
import { emit } from '../db/events';
import { onCommit } from '../db/database';
import type { Tx } from '../db/connection';
import type { KitTables } from '../db/tables';
import type { EventBus } from './nats';
import { PLATFORM } from './subject';

/** A change of one resource, as subscribers are told. */
export interface Change {
  /** Its noun ("thecloud.<noun>.…") is the kind that watchers ask for. */
  readonly type: EventType;
  readonly id: string;
  /** Empty: it belongs to no project. */
  readonly projectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Hears of changes; without an id of something that was missed, so that all must be looked at. */
export type ChangeListener = (id?: string) => void;

/**
 * Says that resources changed: durably, as events, and as hints to the watchers in all replicas of the service. A hint
 * may be lost; watchers look by themselves, too.
 */
export class Changes {
  readonly #listeners = new Map<string, Set<ChangeListener>>();

  constructor(
    private readonly service: string,
    private readonly tables: KitTables,
    private readonly bus: EventBus,
  ) {
    bus.subscribe(`changed.${service}.*.*.*`, (subject) => {
      const [, , kind = '', owner = '', id = ''] = subject.split('.');
      this.#tellHere(kind, owner, id);
    });
    bus.onConnection(() => {
      for (const set of this.#listeners.values()) for (const listener of set) listener();
    });
  }

  /** Do hints of other replicas come at present? */
  complete(): boolean {
    return this.bus.connected();
  }

  /** In the transaction that changes it: records the event, and tells the watchers after the commit. */
  record(tx: Tx, change: Change): void {
    const { type, id, projectId, data } = change;
    emit(tx, this.tables, this.service, { type, subject: id, projectId, data: { id, ...data } });
    this.hint(tx, type.split('.')[1] ?? '', id, projectId);
  }

  /** For what watchers see and events do not speak of. */
  hint(tx: Tx, kind: string, id: string, projectId: string): void {
    onCommit(tx, () => {
      const owner = projectId || PLATFORM;
      this.#tellHere(kind, owner, id);
      this.bus.hint(`changed.${this.service}.${kind}.${owner}.${id}`);
    });
  }

  /** Calls back for each change of the kind in the project (or of the platform: ''). Answers with how to stop. */
  listen(kind: string, projectId: string, listener: ChangeListener): () => void {
    const key = `${kind}.${projectId || PLATFORM}`;
    const set = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#listeners.get(key) === set) this.#listeners.delete(key);
    };
  }

  #tellHere(kind: string, owner: string, id: string): void {
    for (const listener of this.#listeners.get(`${kind}.${owner}`) ?? []) listener(id);
  }
}
