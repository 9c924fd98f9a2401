import { randomUUID } from 'node:crypto';
import type { CloudError } from '@thecloud/kernel';
import { FairSlots } from './fair-slots';

/** The part of all slots that one person may take where others are refused, not queued. */
const SHARE = 0.25;

/** Slots for work that is refused if it finds none. */
export class AdmissionSlots {
  readonly #slots: FairSlots;

  constructor(
    most: number,
    private readonly refusal: () => CloudError,
  ) {
    this.#slots = new FairSlots(most, SHARE);
  }

  /** Rejects with the refusal, without starting the work: all slots, or those of the person, are taken. */
  async run<T>(personId: string, work: () => Promise<T>): Promise<T> {
    if (!this.#slots.tryEnter(personId)) throw this.refusal();
    try {
      return await work();
    } finally {
      this.#slots.leave(personId);
    }
  }
}

interface Waiter {
  readonly personId: string;
  readonly start: () => void;
}

/** Slots for work that waits for one. How much waits is bounded by who asks. */
export class TurnSlots {
  readonly #slots: FairSlots;
  readonly #waiters = new Map<string, Waiter>();

  constructor(most: number) {
    this.#slots = new FairSlots(most);
  }

  /** Rejects with the signal's reason if that fires before the work has a slot. */
  async run<T>(personId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(personId, signal);
    try {
      return await work();
    } finally {
      const next = this.#slots.leave(personId);
      if (next !== undefined) this.#start(next);
    }
  }

  async #turn(personId: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const id = randomUUID();
    if (this.#slots.enter(personId, id)) return;
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiters.delete(id);
        this.#slots.forget(personId, id);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.set(id, { personId, start });
    });
  }

  /** Takes the slot at once, so that nobody else does before the waiter continues. */
  #start(id: string): void {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    if (waiter && this.#slots.enter(waiter.personId, id)) waiter.start();
  }
}
