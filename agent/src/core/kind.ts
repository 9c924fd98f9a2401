import type { Driver, Listed } from './driver';
import type { DriverError } from './driver-error';
import type { Description, Observation, Problem } from './observations';
import type { ThingRecord } from './record';
import type { Ref } from './thing';

/**
 * What becomes of a thing that is on the host and in no order. remove: it is reported, and its owner orders it to be
 * absent. quarantine: it is set aside, unharmed, and reported. keep: it is reported.
 */
export type OrphanPolicy = 'remove' | 'quarantine' | 'keep';

/** One step of a plan. `starts`: after it the thing runs, so it is not taken while the host may have lost the thing. */
export interface Action {
  readonly do: string;
  readonly starts?: boolean;
}

/** What carrying out an action may use. */
export interface Task {
  readonly record: ThingRecord;
  /** By name. */
  readonly driver: string;
  readonly signal: AbortSignal;
  /** What was told last of it. */
  readonly told: Observation | undefined;
  /** Tells how it is under way. */
  tell(phase: string, progress: string): void;
  /** Tells what has been reached, by the journal as it is now. */
  publish(description: Omit<Description, 'progress'>): void;
  /** Changes what the journal keeps of it; durable when it returns. */
  remember(change: (record: ThingRecord) => ThingRecord): Promise<void>;
  now(): number;
  readonly log: KindLog;
}

export interface KindLog {
  info(o: object, text: string): void;
  warn(o: object, text: string): void;
}

/** A kind's part in fencing: it has things that must not run on two hosts. */
export interface FencePart {
  /** Is it ordered to run? */
  isToRun(record: ThingRecord): boolean;
  /** Is it started on another host when this one is silent for too long? */
  restartsElsewhere(record: ThingRecord): boolean;
  /** The record of one that a watchdog has killed: its order is to be carried out again. */
  killed(record: ThingRecord): ThingRecord;
  /** Does something stop in time what this driver runs? Otherwise it is never started elsewhere. */
  canFence(driver: string): boolean;
  /** It is held: stops it if it must not run here. */
  hold(task: Task, seen: Listed | undefined): Promise<void>;
}

/**
 * One kind of thing that a host carries: all that core must know of it, and one folder under `kinds/`. Methods that
 * plan and describe are pure or only look; `execute` alone changes the host. Every one of them may be called at any time
 * and be cut short anywhere.
 */
export interface Kind {
  /** On the wire and in the journal: lower-case letters and hyphens. */
  readonly name: string;
  /** The service that orders it and gets its reports, by its certificate. */
  readonly owner: string;
  /** Those of the owner's controllers that may order it. */
  readonly controllers: readonly string[];
  /** What may be desired of it besides "absent". */
  readonly desirable: readonly string[];
  readonly orphans: OrphanPolicy;
  /** By name. The first is the host's default. */
  readonly drivers: ReadonlyMap<string, Driver>;
  /** None: nothing of it must be stopped when the host is silent. */
  readonly fence?: FencePart;

  isId(text: string): boolean;
  /** Of the wire. @throws CloudError INVALID_FIELDS */
  specFrom(bytes: Uint8Array, desired: string): unknown;
  isSameSpec(a: unknown, b: unknown): boolean;
  /** What must be there before it is made, and stays until it is gone. */
  prerequisites(spec: unknown): readonly Ref[];
  /** Seen so, does it fulfil what needs it? */
  isReady(observation: Observation): boolean;

  /** @throws DriverError */
  inspect(driver: string, id: string): Promise<Listed | undefined>;
  plan(record: ThingRecord, seen: Listed | undefined): readonly Action[];
  /** Of actions that are not to be taken at once each time: ms to wait before them; 0: now. Undefined: of others. */
  delay?(
    record: ThingRecord,
    seen: Listed | undefined,
    actions: readonly Action[],
    now: number,
  ): number | undefined;
  execute(action: Action, task: Task): Promise<void>;
  /** Why it is not as it should be, though nothing is left to do. May ask the driver. */
  explain?(driver: string, record: ThingRecord, seen: Listed | undefined): Promise<Problem | undefined>;
  /** How it is when nothing is being done to it. */
  describe(
    record: ThingRecord | undefined,
    seen: Listed | undefined,
    problem?: Problem,
    told?: Observation,
  ): Omit<Description, 'progress'>;
  /** Facts that go with a failure. */
  failureFacts?(facts: unknown, error: DriverError): unknown;
  /** Does this look end a row of failures? */
  isWell(seen: Listed | undefined): boolean;
  /** The record of an order that has been carried out. */
  done?(record: ThingRecord): ThingRecord;
  /** Sets an orphan aside, unharmed; twice is once. Needed by those whose orphans are quarantined. */
  quarantine?(driver: string, id: string): Promise<void>;
  /** It is gone for good, and so is what is remembered of it. */
  forget?(id: string): void;

  encodeFacts(facts: unknown): Uint8Array;
  isSameFacts(a: unknown, b: unknown): boolean;
}
