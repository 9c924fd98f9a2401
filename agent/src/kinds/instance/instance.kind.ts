import { isId } from '@thecloud/kernel';
import type { Listed } from '../../core/driver';
import type { DriverError } from '../../core/driver-error';
import type { Action, Kind, Task } from '../../core/kind';
import type { Observation, Problem } from '../../core/observations';
import type { ThingRecord } from '../../core/record';
import type { Ref } from '../../core/thing';
import { specFrom } from './codec';
import { describe, exitProblem, removedProblem, TAIL_BYTES } from './describe';
import type { InstanceFacts } from './describe';
import { execute } from './execute';
import { encodeFacts, isSameFacts } from './facts';
import { InstanceFence } from './instance.fence';
import { CONTROLLERS, KIND, OWNER } from './names';
import { plan, restarts } from './plan';
import type { Action as InstanceAction } from './plan';
import type { SeenInstance } from './ports/instance-driver';
import type { InstanceDrivers } from './ports/instance-drivers';
import { RestartTimer } from './restarts';
import { DESIRABLE, isSameSpec } from './spec';
import type { InstanceRecord, InstanceSpec } from './spec';

/** What is remembered of an instance between two looks; losing it costs nothing but patience. */
interface Memory {
  readonly restarts: RestartTimer;
  exit?: { readonly finishedAt: number; readonly looping: boolean; readonly problem?: Problem | undefined };
}

/** Containers and machines of tenants. */
export class InstanceKind implements Kind {
  readonly name = KIND;
  readonly owner = OWNER;
  readonly controllers = CONTROLLERS;
  readonly desirable = DESIRABLE;
  readonly orphans = 'remove';
  readonly fence: InstanceFence;
  readonly #memory = new Map<string, Memory>();

  constructor(readonly drivers: InstanceDrivers) {
    this.fence = new InstanceFence(drivers);
  }

  isId(text: string): boolean {
    return isId('instance', text);
  }

  specFrom(bytes: Uint8Array, desired: string): InstanceSpec {
    return specFrom(bytes, desired);
  }

  isSameSpec(a: InstanceSpec, b: InstanceSpec): boolean {
    return isSameSpec(a, b);
  }

  prerequisites(): readonly Ref[] {
    return [];
  }

  isReady({ phase }: Observation): boolean {
    return phase === 'running' || phase === 'exited';
  }

  inspect(driver: string, id: string): Promise<SeenInstance | undefined> {
    return this.drivers.of(driver).instances.inspect(id);
  }

  plan(record: ThingRecord, seen: SeenInstance | undefined): readonly InstanceAction[] {
    return plan(record as InstanceRecord, seen);
  }

  /** What its restart policy starts again waits longer each time that it ends soon. */
  delay(
    { order }: ThingRecord,
    seen: SeenInstance | undefined,
    actions: readonly InstanceAction[],
    now: number,
  ): number | undefined {
    if (!actions.some((action) => action.do === 'start' && action.by === 'policy')) return undefined;
    return this.#remember(order.id).restarts.remaining(seen, now);
  }

  execute(action: Action, task: Task): Promise<void> {
    const { instances, images } = this.drivers.of(task.driver);
    const started = (id: string, nowMs: number) => this.#remember(id).restarts.started(nowMs);
    const record = task.record as InstanceRecord;
    // Not spread: what was told is asked anew each time.
    const instanceTask = Object.create(task, { record: { value: record } }) as typeof task & {
      record: InstanceRecord;
    };
    return execute({ instances, images, started }, action as InstanceAction, instanceTask);
  }

  async explain(
    driver: string,
    record: ThingRecord,
    seen: SeenInstance | undefined,
  ): Promise<Problem | undefined> {
    const { order, done } = record as InstanceRecord;
    if (order.desired !== 'running' || done !== order.generation) return undefined;
    if (!seen) return removedProblem;
    if (seen.phase !== 'exited' || !seen.finishedAt) return undefined;
    const memory = this.#remember(order.id);
    const finishedAt = seen.finishedAt.getTime();
    const willRestart = restarts(record as InstanceRecord, seen);
    const looping = willRestart && memory.restarts.looping;
    if (memory.exit?.finishedAt !== finishedAt || memory.exit.looping !== looping) {
      // One that will be restarted after its first quick end is no news: it may have been an accident.
      const silent = willRestart && !looping && !seen.outOfMemory;
      const tail = silent ? '' : await this.drivers.of(driver).instances.tail(seen.id, TAIL_BYTES);
      const memoryMib = order.spec.config?.memoryMib ?? 0;
      const problem = silent ? undefined : exitProblem(seen, memoryMib, willRestart, tail);
      memory.exit = { finishedAt, looping, problem };
    }
    return memory.exit?.problem;
  }

  describe(
    record: ThingRecord | undefined,
    seen: SeenInstance | undefined,
    problem?: Problem,
    told?: Observation,
  ): ReturnType<typeof describe> {
    return describe(record as InstanceRecord | undefined, seen, problem, told);
  }

  failureFacts(facts: InstanceFacts, error: DriverError): InstanceFacts {
    return { ...facts, problemPort: undefined, ...error.facts };
  }

  isWell(seen: Listed | undefined): boolean {
    return seen?.phase !== 'exited';
  }

  done(record: ThingRecord): ThingRecord {
    const { order, state } = record as InstanceRecord;
    const { restartNonce } = order.spec;
    if (state?.restartNonce === restartNonce) return record;
    return { ...record, state: { restartCount: 0, ...state, restartNonce } };
  }

  forget(id: string): void {
    this.#memory.delete(id);
  }

  encodeFacts(facts: InstanceFacts): Uint8Array {
    return encodeFacts(facts);
  }

  isSameFacts(a: InstanceFacts, b: InstanceFacts): boolean {
    return isSameFacts(a, b);
  }

  #remember(id: string): Memory {
    const known = this.#memory.get(id);
    if (known) return known;
    const fresh = { restarts: new RestartTimer() };
    this.#memory.set(id, fresh);
    return fresh;
  }
}
