import { DriverError } from './driver-error';
import type { SeenInstance } from '../kinds/instance/ports/instance-driver';
import { Backoff } from './backoff';
import { describe, exitProblem, removedProblem, TAIL_BYTES } from '../kinds/instance/describe';
import type { Problem } from '../kinds/instance/describe';
import { execute } from '../kinds/instance/execute';
import type { Memory, ReconcilerDeps } from './reconciler.deps';
import { plan, restarts } from '../kinds/instance/plan';
import type { InstanceRecord } from './record';
import { RestartTimer } from '../kinds/instance/restarts';

/** Failures that may pass by themselves are told only after so many attempts. */
const QUIET_ATTEMPTS = 3;
/** So many rounds of look, plan and act in a row; then a pause. */
const MOST_ROUNDS = 3;
const PAUSE_MS = 200;

/**
 * Makes one instance what its journaled order says: look, plan, act, look again. Knows only the id; every fact is
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
  async reconcile(id: string, signal: AbortSignal): Promise<number | undefined> {
    const isNew = this.#surveyed && !this.#memory.has(id);
    const memory = this.#remember(id);
    try {
      return await this.#look(id, memory, signal, isNew ? 0 : 1);
    } catch (error) {
      if (signal.aborted) return undefined; // whoever aborted has us look again
      if (error instanceof DriverError) return this.#failed(id, memory, error);
      throw error;
    }
  }

  /** The phase it had in the engine when last looked at; undefined: absent, or never looked at. */
  lastPhase(id: string): SeenInstance['phase'] | undefined {
    return this.#memory.get(id)?.lastSeen?.phase;
  }

  forget(id: string): void {
    this.#memory.delete(id);
  }

  /** Looks and tells, and does nothing. */
  async observe(id: string, seen: SeenInstance | undefined): Promise<void> {
    const record = this.d.journal.get(id);
    const known = this.d.observations.get(id);
    const memory = this.#remember(id);
    const problem = record && (await this.#problem(record, seen, memory));
    if (seen) memory.lastSeen = seen;
    if (!record && !seen && !known) return;
    const facts = describe(id, record, seen, problem);
    const exitCode = problem === removedProblem ? (known?.exitCode ?? 0) : facts.exitCode;
    const news = this.d.observations.publish({ ...facts, exitCode });
    if (!record && seen && news)
      this.d.log.warn({ instance: id, phase: seen.phase }, 'orphan: on this host, in no order');
  }

  /** Round 0: it is known without looking that there is nothing yet. */
  async #look(id: string, memory: Memory, signal: AbortSignal, round: number): Promise<number | undefined> {
    const record = this.d.journal.get(id);
    const seen = round > 0 || !record ? await this.d.driver.inspect(id) : undefined;
    memory.lastSeen = seen;
    if (!record) {
      await this.observe(id, seen);
      if (!seen) this.#dropOrphan(id);
      return undefined;
    }
    if (this.d.fenced(record)) return this.#hold(record, seen, signal);
    const actions = plan(record, seen);
    if (actions.length === 0) {
      await this.#done(record, seen);
      await this.observe(id, seen);
      if (seen?.phase !== 'exited') memory.failures.reset();
      return undefined;
    }
    if (actions.some((a) => a.do === 'start' && a.by === 'policy')) {
      const wait = memory.restarts.remaining(seen, this.d.now());
      // While starting it keeps failing, "failed" stays what is told.
      if (memory.failures.count === 0 && (seen?.phase === 'exited' || wait > 0)) await this.observe(id, seen);
      if (wait > 0) return wait;
    }
    for (const action of actions) {
      signal.throwIfAborted();
      if (action.do === 'start' && this.d.fenced(this.d.journal.get(id) ?? record)) break; // what came before it may have taken minutes
      await execute(this.d, action, record, memory, signal);
    }
    memory.failures.reset();
    // What was started has been told as running; the engine's own event, or this, has it looked at again.
    if (actions.at(-1)?.do === 'start') return PAUSE_MS;
    // A world that keeps changing under us, or an engine that is slow to show its deeds, must not keep a worker busy.
    return round < MOST_ROUNDS ? this.#look(id, memory, signal, round + 1) : PAUSE_MS;
  }

  /** What may run elsewhere is not started, and its order is not carried out; what is placed elsewhere is stopped. */
  async #hold(
    record: InstanceRecord,
    seen: SeenInstance | undefined,
    signal: AbortSignal,
  ): Promise<undefined> {
    const { instanceId, graceSeconds } = record.order;
    if (record.notHere && (seen?.phase === 'running' || seen?.phase === 'paused'))
      await this.d.driver.stop(instanceId, graceSeconds * 1000, signal);
    await this.observe(instanceId, seen);
  }

  /** An order with nothing left to do is carried out. */
  async #done({ order }: InstanceRecord, seen: SeenInstance | undefined): Promise<void> {
    const { generation, restartNonce } = order;
    await this.d.journal.update(order.instanceId, (now) => {
      if (!now || now.order.generation !== generation) return now; // a newer order came: not its doing
      const goneAt = order.desired === 'absent' && !seen ? (now.goneAt ?? this.d.now()) : undefined;
      if (
        now.done?.generation === generation &&
        now.done.restartNonce === restartNonce &&
        now.goneAt === goneAt
      )
        return now;
      return { ...now, done: { generation, restartNonce }, goneAt };
    });
  }

  /** Why it is not running although it should be; undefined when there is nothing to explain. */
  async #problem(
    record: InstanceRecord,
    seen: SeenInstance | undefined,
    memory: Memory,
  ): Promise<Problem | undefined> {
    if (record.order.desired !== 'running' || record.done?.generation !== record.order.generation)
      return undefined;
    if (!seen) return removedProblem;
    if (seen.phase !== 'exited' || !seen.finishedAt) return undefined;
    const finishedAt = seen.finishedAt.getTime();
    const willRestart = restarts(record, seen);
    const looping = willRestart && memory.restarts.looping;
    if (memory.exit?.finishedAt !== finishedAt || memory.exit.looping !== looping) {
      // One that will be restarted after its first quick end is no news: it may have been an accident.
      const silent = willRestart && !looping && !seen.outOfMemory;
      const tail = silent ? '' : await this.d.driver.tail(seen.id, TAIL_BYTES);
      const memoryMib = record.order.config?.memoryMib ?? 0;
      const problem = silent ? undefined : exitProblem(seen, memoryMib, willRestart, tail);
      memory.exit = { finishedAt, looping, problem };
    }
    return memory.exit?.problem;
  }

  /** Tells what went wrong, when it is time to, and waits longer each time. */
  #failed(id: string, memory: Memory, error: DriverError): number {
    const record = this.d.journal.get(id);
    const generation = record?.order.generation ?? 0;
    if (memory.failing !== generation) memory.failures.reset();
    memory.failing = generation;
    const wait = memory.failures.next();
    const problem = {
      problemReason: error.reason,
      problemMessage: error.message.slice(0, TAIL_BYTES),
      problemPort: error.hostPort,
      progress: '',
    };
    this.d.log.warn(
      { instance: id, generation, reason: error.reason, err: error, retryInMs: wait },
      'the host could not do it',
    );
    const known = this.d.observations.get(id) ?? describe(id, record, memory.lastSeen);
    if (error.reason === 'DRIVER_UNAVAILABLE') {
      this.d.observations.publish({ ...known, ...problem }); // the instance itself may be well: its phase is not touched
    } else if (!error.transient || memory.failures.count >= QUIET_ATTEMPTS) {
      this.d.observations.publish({ ...known, generation, phase: 'failed', ...problem });
    }
    return wait;
  }

  #dropOrphan(id: string): void {
    this.d.observations.forget(id);
    this.#memory.delete(id);
  }

  #remember(id: string): Memory {
    const known = this.#memory.get(id);
    if (known) return known;
    const fresh = { restarts: new RestartTimer(), failures: new Backoff(500, 60_000), failing: 0 };
    this.#memory.set(id, fresh);
    return fresh;
  }
}
