import { Backoff } from './backoff';
import type { Listed } from './driver';
import { DRIVER_UNAVAILABLE, DriverError } from './driver-error';
import type { Kind } from './kind';
import { ABSENT } from './order';
import { FAILED, QUARANTINED } from './phases';
import type { Memory, ReconcilerDeps } from './reconciler.deps';
import { generationOf } from './record';
import type { ThingRecord } from './record';
import { taskOf } from './task';
import { keyOf } from './thing';
import type { Ref } from './thing';

/** Failures that may pass by themselves are told only after so many attempts. */
const QUIET_ATTEMPTS = 3;
/** So many rounds of look, plan and act in a row; then a pause. */
const MOST_ROUNDS = 3;
const PAUSE_MS = 200;
/** Bytes of a problem that are told. */
const PROBLEM_BYTES = 2_048;

/**
 * Makes one thing what its journaled order says: look, plan, act, look again. Knows only its kind and id; every fact is
 * read anew, so it may be called at any time and be cut short anywhere.
 */
export class Reconciler {
  readonly #memory = new Map<string, Memory>();
  #surveyed = false;

  constructor(private readonly d: ReconcilerDeps) {}

  /** All that is on the host has been looked at: what is ordered from here on and was never seen is not there. */
  surveyed(): void {
    this.#surveyed = true;
  }

  /** @returns ms until it should be looked at again even if nothing happens */
  async reconcile(ref: Ref, signal: AbortSignal): Promise<number | undefined> {
    const isNew = this.#surveyed && !this.#memory.has(keyOf(ref));
    const memory = this.#remember(ref);
    try {
      return await this.#look(ref, memory, signal, isNew ? 0 : 1);
    } catch (error) {
      if (signal.aborted) return undefined; // whoever aborted has us look again
      if (error instanceof DriverError) return this.#failed(ref, memory, error);
      throw error;
    }
  }

  /** The phase it had in the engine when last looked at; undefined: absent, or never looked at. */
  lastPhase(ref: Ref): string | undefined {
    return this.#memory.get(keyOf(ref))?.lastSeen?.phase;
  }

  forget(ref: Ref): void {
    this.#memory.delete(keyOf(ref));
    this.d.kinds.find(ref.kind)?.forget?.(ref.id);
  }

  /** Looks and tells, and does nothing. progress: what it waits for, if it does. */
  async observe(ref: Ref, seen: Listed | undefined, progress = ''): Promise<void> {
    const kind = this.d.kinds.of(ref);
    const driver = this.d.driverOf(ref);
    const record = this.d.journal.get(ref);
    const told = this.d.observations.get(ref);
    const memory = this.#remember(ref);
    const problem = record && (await kind.explain?.(driver, record, seen));
    if (seen) memory.lastSeen = seen;
    if (!record && !seen && !told) return;
    const description = { ...kind.describe(record, seen, problem, told), progress };
    const sighting = { kind: ref.kind, id: ref.id, generation: generationOf(record), driver, ...description };
    const news = this.d.observations.publish(sighting);
    if (!record && seen && news)
      this.d.log.warn({ ...nameOf(ref), phase: seen.phase }, 'orphan: on this host, in no order');
  }

  /** Round 0: it is known without looking that there is nothing yet. */
  async #look(ref: Ref, memory: Memory, signal: AbortSignal, round: number): Promise<number | undefined> {
    const kind = this.d.kinds.of(ref);
    const driver = this.d.driverOf(ref);
    const record = this.d.journal.get(ref);
    const seen = round > 0 || !record ? await kind.inspect(driver, ref.id) : undefined;
    memory.lastSeen = seen;
    if (!record) return this.#unordered(kind, ref, seen);
    const task = taskOf(this.d, kind, record, driver, signal);
    if (this.d.fenced(record)) {
      await kind.fence?.hold(task, seen);
      await this.observe(ref, seen);
      return undefined;
    }
    const actions = kind.plan(record, seen);
    if (actions.length === 0) {
      await this.#done(kind, record, seen);
      await this.observe(ref, seen);
      if (kind.isWell(seen)) memory.failures.reset();
      return undefined;
    }
    const blocker = this.d.dependencies.blocker(record);
    if (blocker) {
      await this.observe(ref, seen, blocker);
      return undefined; // what it waits for wakes it
    }
    const changing = this.d.dependencies.changing(ref); // in the same turn as the question before
    try {
      const wait = kind.delay?.(record, seen, actions, this.d.now());
      if (wait !== undefined) {
        // While starting it keeps failing, "failed" stays what is told.
        if (memory.failures.count === 0 && (!kind.isWell(seen) || wait > 0)) await this.observe(ref, seen);
        if (wait > 0) return wait;
      }
      for (const action of actions) {
        signal.throwIfAborted();
        if (action.starts && this.d.fenced(this.d.journal.get(ref) ?? record)) break; // what came before it may have taken minutes
        await kind.execute(action, task);
      }
    } finally {
      changing.end();
      this.d.wake(this.d.dependencies.affected(ref));
    }
    memory.failures.reset();
    // What was started has been told as running; the engine's own event, or this, has it looked at again.
    if (actions.at(-1)?.starts) return PAUSE_MS;
    // A world that keeps changing under us, or an engine that is slow to show its deeds, must not keep a worker busy.
    return round < MOST_ROUNDS ? this.#look(ref, memory, signal, round + 1) : PAUSE_MS;
  }

  /** On the host, or not, and in no order: what becomes of it is the kind's policy. */
  async #unordered(kind: Kind, ref: Ref, found: Listed | undefined): Promise<undefined> {
    let seen = found;
    if (seen && kind.orphans === 'quarantine' && seen.phase !== QUARANTINED) {
      const driver = this.d.driverOf(ref);
      await kind.quarantine?.(driver, ref.id);
      this.d.log.warn(nameOf(ref), 'orphan: it is set aside, unharmed');
      seen = await kind.inspect(driver, ref.id);
    }
    await this.observe(ref, seen);
    if (seen) return;
    this.d.observations.forget(ref);
    this.forget(ref);
  }

  /** An order with nothing left to do is carried out: from here on it uses what it names, and no more. */
  async #done(kind: Kind, { order }: ThingRecord, seen: Listed | undefined): Promise<void> {
    let changed = false;
    const affected = this.d.dependencies.affected(order); // by what it used so far, too
    await this.d.journal.update(order, (now) => {
      if (!now || now.order.generation !== order.generation) return now; // a newer order came: not its doing
      const goneAt = order.desired === ABSENT && !seen ? (now.goneAt ?? this.d.now()) : undefined;
      const uses = goneAt === undefined ? kind.prerequisites(order.spec) : [];
      const next = kind.done?.(now) ?? now;
      const same = next === now && now.done === order.generation && now.goneAt === goneAt;
      if (same && (now.uses?.length ?? 0) === uses.length) return now;
      changed = true;
      const { uses: _, goneAt: __, ...rest } = next;
      return {
        ...rest,
        done: order.generation,
        ...(uses.length > 0 ? { uses } : {}),
        ...(goneAt === undefined ? {} : { goneAt }),
      };
    });
    if (changed) this.d.wake(affected);
  }

  /** Tells what went wrong, when it is time to, and waits longer each time. */
  #failed(ref: Ref, memory: Memory, error: DriverError): number {
    const kind = this.d.kinds.of(ref);
    const record = this.d.journal.get(ref);
    const generation = record?.order.generation ?? 0;
    if (memory.failing !== generation) memory.failures.reset();
    memory.failing = generation;
    const wait = memory.failures.next();
    this.d.log.warn(
      { ...nameOf(ref), generation, reason: error.reason, err: error, retryInMs: wait },
      'the host could not do it',
    );
    const driver = this.d.driverOf(ref);
    const before = { ...ref, generation: generationOf(record), driver, progress: '' };
    const known = this.d.observations.get(ref) ?? { ...before, ...kind.describe(record, memory.lastSeen) };
    const problem = {
      ...{ kind: ref.kind, id: ref.id, progress: '' },
      problemReason: error.reason,
      problemMessage: error.message.slice(0, PROBLEM_BYTES),
      facts: kind.failureFacts?.(known.facts, error) ?? known.facts,
    };
    if (error.reason === DRIVER_UNAVAILABLE) {
      this.d.observations.publish({ ...known, ...problem }); // the thing itself may be well: its phase is not touched
    } else if (!error.transient || memory.failures.count >= QUIET_ATTEMPTS) {
      this.d.observations.publish({ ...known, generation, phase: FAILED, ...problem });
    }
    return wait;
  }

  #remember(ref: Ref): Memory {
    const known = this.#memory.get(keyOf(ref));
    if (known) return known;
    const fresh = { failures: new Backoff(500, 60_000), failing: 0 };
    this.#memory.set(keyOf(ref), fresh);
    return fresh;
  }
}

/** As it stands in a log line: {"instance":"ins_…"}. */
export const nameOf = ({ kind, id }: Ref) => ({ [kind]: id });
