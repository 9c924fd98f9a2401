export type Phase = 'absent' | 'pulling' | 'creating' | 'running' | 'exited' | 'failed';

/** What this host knows of one instance right now. */
export interface Facts {
  readonly instanceId: string;
  /** Of the order these facts are the result of; 0 for an orphan. */
  readonly generation: number;
  readonly phase: Phase;
  readonly exitCode: number;
  readonly startedAt?: Date;
  readonly restartCount: number;
  /** Empty: none. */
  readonly problemReason: string;
  readonly problemMessage: string;
  /** The host port that is taken, where the engine says. */
  readonly problemPort?: number;
  readonly progress: string;
}

export interface Observation extends Facts {
  /** Later is newer, over restarts of the agent too. */
  readonly sequence: bigint;
}

export type OnObservation = (observation: Observation) => void;

/** Bits left to the observations of one agent process; see `Journal.boot`. Sums stay exact as a JavaScript number. */
const SEQUENCE_BITS = 20n;

/** An engine answers a start this much later than it starts at most, in ms; two starts are further apart, or count. */
const ONE_START_MS = 1_000;

/** The newest observation of every instance, and who wants to hear of the next. */
export class Observations {
  readonly #newest = new Map<string, Observation>();
  readonly #listeners = new Set<OnObservation>();
  #sequence: bigint;

  constructor(boot: number) {
    this.#sequence = BigInt(boot) << SEQUENCE_BITS;
  }

  get(instanceId: string): Observation | undefined {
    return this.#newest.get(instanceId);
  }

  all(): Observation[] {
    return [...this.#newest.values()];
  }

  /** Numbers and announces the facts, unless they are the ones already known. @returns whether they were news */
  publish(facts: Facts): boolean {
    const known = this.#newest.get(facts.instanceId);
    if (known && same(known, facts)) return false;
    const observation = { ...facts, sequence: ++this.#sequence };
    this.#newest.set(facts.instanceId, observation);
    for (const listener of this.#listeners) listener(observation);
    return true;
  }

  forget(instanceId: string): void {
    this.#newest.delete(instanceId);
  }

  /** @returns how to stop listening */
  subscribe(listener: OnObservation): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function same(a: Facts, b: Facts): boolean {
  return (
    a.generation === b.generation &&
    a.phase === b.phase &&
    a.exitCode === b.exitCode &&
    sameStart(a.startedAt, b.startedAt) &&
    a.restartCount === b.restartCount &&
    a.problemReason === b.problemReason &&
    a.problemMessage === b.problemMessage &&
    a.problemPort === b.problemPort &&
    a.progress === b.progress
  );
}

/** When the engine says it started and when it said so to us are one start. */
function sameStart(a: Date | undefined, b: Date | undefined): boolean {
  return a && b ? Math.abs(a.getTime() - b.getTime()) < ONE_START_MS : a === b;
}
