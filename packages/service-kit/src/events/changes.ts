import type { EventType } from '@thecloud/kernel';
import { emit } from '../db/events';
import { onCommit, transactionOf } from '../db/database';
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
  /** By kind and project. */
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  /** Ids by transaction, and then the same. */
  readonly #changed = new WeakMap<object, Map<string, Set<string>>>();

  constructor(
    private readonly service: string,
    private readonly tables: KitTables,
    private readonly bus: EventBus,
  ) {
    bus.subscribe(`changed.${service}.*.*`, (subject, ids) => {
      const [, , kind, owner] = subject.split('.');
      this.#tellHere(`${kind}.${owner}`, () => ids().split(' '));
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

  /** For what watchers see and events do not speak of. Those of a transaction are told together. */
  hint(tx: Tx, kind: string, id: string, projectId: string): void {
    const transaction = transactionOf(tx);
    const changed = this.#changed.get(transaction) ?? new Map<string, Set<string>>();
    if (changed.size === 0) {
      this.#changed.set(transaction, changed);
      onCommit(tx, () => {
        for (const [what, ids] of changed) {
          this.#tellHere(what, () => ids);
          this.bus.tell(`changed.${this.service}.${what}`, [...ids].join(' '));
        }
      });
    }
    const what = whatOf(kind, projectId);
    changed.set(what, (changed.get(what) ?? new Set()).add(id));
  }

  /** Calls back for each change of the kind in the project (or of the platform: ''). Answers with how to stop. */
  listen(kind: string, projectId: string, listener: ChangeListener): () => void {
    const key = whatOf(kind, projectId);
    const set = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#listeners.get(key) === set) this.#listeners.delete(key);
    };
  }

  #tellHere(what: string, ids: () => Iterable<string>): void {
    const listeners = this.#listeners.get(what);
    if (listeners) for (const id of ids()) for (const listener of listeners) listener(id);
  }
}

const whatOf = (kind: string, projectId: string) => `${kind}.${projectId || PLATFORM}`;
