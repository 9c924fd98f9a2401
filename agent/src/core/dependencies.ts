import type { Journal } from './journal';
import type { Kinds } from './kinds';
import type { Observations } from './observations';
import { ABSENT } from './order';
import type { ThingRecord } from './record';
import { keyOf } from './thing';
import type { Ref } from './thing';

export interface DependenciesDeps {
  readonly journal: Journal;
  readonly observations: Observations;
  readonly kinds: Kinds;
}

/**
 * The order between things: one waits until what it needs is there, and what is to go waits until nothing on the host
 * uses it any more. Neither asks a driver: it goes by the journal, by what was observed, and by what is being done now.
 */
export class Dependencies {
  /** Who needs or uses a thing, by its key. Entries that no longer hold cost a look. */
  readonly #users = new Map<string, Map<string, Ref>>();
  /** Being changed on the host right now: it may be there although nobody has seen it. */
  readonly #changing = new Set<string>();

  constructor(private readonly d: DependenciesDeps) {
    for (const record of d.journal.all()) this.note(record);
  }

  /** Its record is new. */
  note({ order: { kind, id }, uses = [] }: ThingRecord): void {
    for (const used of uses) {
      const users = this.#users.get(keyOf(used)) ?? new Map<string, Ref>();
      users.set(keyOf({ kind, id }), { kind, id });
      this.#users.set(keyOf(used), users);
    }
  }

  /** What a thing waits for, in words; empty: nothing. */
  blocker(record: ThingRecord): string {
    const { order } = record;
    if (order.desired === ABSENT) {
      const user = this.#usersOf(order).find((ref) => this.#isUsing(ref, order));
      return user ? `waits until ${user.kind} ${user.id} is gone or has let go of it` : '';
    }
    const needed = this.d.kinds.of(order).prerequisites(order.spec);
    const missing = needed.find((ref) => !this.#isReady(ref));
    return missing ? `waits for ${missing.kind} ${missing.id}` : '';
  }

  /** From before the first change to the host until after the last one. */
  changing(ref: Ref): { end(): void } {
    const key = keyOf(ref);
    this.#changing.add(key);
    return { end: () => this.#changing.delete(key) };
  }

  /** Something about it is new: what may have waited for that. */
  affected(ref: Ref): Ref[] {
    const uses = this.d.journal.get(ref)?.uses ?? [];
    const leaving = uses.filter((used) => this.d.journal.get(used)?.order.desired === ABSENT);
    return [...this.#usersOf(ref), ...leaving];
  }

  forget(ref: Ref): void {
    this.#users.delete(keyOf(ref));
  }

  #usersOf(ref: Ref): Ref[] {
    return [...(this.#users.get(keyOf(ref))?.values() ?? [])];
  }

  #isUsing(user: Ref, used: Ref): boolean {
    const record = this.d.journal.get(user);
    if (!record?.uses?.some((ref) => keyOf(ref) === keyOf(used))) return false;
    const isThere = (this.d.observations.get(user)?.phase ?? ABSENT) !== ABSENT;
    return record.goneAt === undefined && (isThere || this.#changing.has(keyOf(user)));
  }

  #isReady(ref: Ref): boolean {
    const observation = this.d.observations.get(ref);
    const record = this.d.journal.get(ref);
    if (!observation || !record || record.order.desired === ABSENT) return false;
    return this.d.kinds.find(ref.kind)?.isReady(observation) ?? false;
  }
}
