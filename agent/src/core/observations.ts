import { keyOf } from './thing';
import type { Ref } from './thing';

export interface Problem {
  readonly reason: string;
  readonly message: string;
}

/** How a thing is, in its kind's words. */
export interface Description {
  /** absent, failed, or one of the kind's own. */
  readonly phase: string;
  /** Empty: none. */
  readonly problemReason: string;
  readonly problemMessage: string;
  /** For people: how far it is, what it waits for. */
  readonly progress: string;
  /** The kind's own. */
  readonly facts: unknown;
}

/** What this host knows of one thing right now. */
export interface Sighting extends Ref, Description {
  /** Of the order this is the result of; 0 for an orphan. */
  readonly generation: number;
  readonly driver: string;
}

export interface Observation extends Sighting {
  /** Later is newer, over restarts of the agent too. */
  readonly sequence: bigint;
}

export type OnObservation = (observation: Observation) => void;

/** Bits left to the observations of one agent process; see `Journal.boot`. Sums stay exact as a JavaScript number. */
const SEQUENCE_BITS = 20n;

/** The newest observation of every thing, and who wants to hear of the next. */
export class Observations {
  readonly #newest = new Map<string, Observation>();
  readonly #listeners = new Set<OnObservation>();
  /** All that this process observes has a higher sequence. */
  readonly since: bigint;
  #sequence: bigint;

  constructor(
    boot: number,
    private readonly isSameFacts: (kind: string, a: unknown, b: unknown) => boolean,
  ) {
    this.since = BigInt(boot) << SEQUENCE_BITS;
    this.#sequence = this.since;
  }

  get(ref: Ref): Observation | undefined {
    return this.#newest.get(keyOf(ref));
  }

  /** In rising sequence. */
  all(): Observation[] {
    return [...this.#newest.values()];
  }

  /** Numbers and announces it, unless it is what is known already. @returns whether it was news */
  publish(sighting: Sighting): boolean {
    const key = keyOf(sighting);
    const known = this.#newest.get(key);
    if (known && this.#isSame(known, sighting)) return false;
    const observation = { ...sighting, sequence: ++this.#sequence };
    this.#newest.delete(key); // what is newest stands last
    this.#newest.set(key, observation);
    for (const listener of this.#listeners) listener(observation);
    return true;
  }

  forget(ref: Ref): void {
    this.#newest.delete(keyOf(ref));
  }

  /** @returns how to stop listening */
  subscribe(listener: OnObservation): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #isSame(a: Sighting, b: Sighting): boolean {
    return (
      a.generation === b.generation &&
      a.driver === b.driver &&
      a.phase === b.phase &&
      a.problemReason === b.problemReason &&
      a.problemMessage === b.problemMessage &&
      a.progress === b.progress &&
      this.isSameFacts(a.kind, a.facts, b.facts)
    );
  }
}
