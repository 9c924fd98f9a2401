import type { Follower } from './event-log';
import type { LoggedEvent, LoggedMessage } from './logged-message';

export interface Refusals {
  /** `after` is not in the stream (any more), or what came after it is not. */
  readonly expired: () => Error;
  /** The reader was too slow for what may wait for him here. */
  readonly tooSlow: () => Error;
}

/** What may wait for one reader. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 4 << 20;

/** Events that came for one reader and wait to be taken. Bounded: one too many, and none is kept. */
export class EventInbox implements Follower {
  #waiting: LoggedEvent[] = [];
  #bytes = 0;
  #overflown = false;
  #broken = false;
  #ring: (() => void) | undefined;
  readonly #abort = () => this.#ring?.();

  constructor(
    private readonly sees: (message: LoggedMessage) => boolean,
    private readonly o: { readonly signal: AbortSignal; readonly refusals: Refusals },
  ) {
    o.signal.addEventListener('abort', this.#abort, { once: true });
  }

  get overflown(): boolean {
    return this.#overflown;
  }

  take(message: LoggedMessage): void {
    if (this.#overflown || !this.sees(message)) return;
    for (const event of message.events) {
      this.#bytes += event.bytes;
      this.#waiting.push(event);
    }
    this.#overflown = this.#waiting.length > MOST_EVENTS || this.#bytes > MOST_BYTES;
    if (this.#overflown) this.#waiting = [];
    this.#ring?.();
  }

  broken(): void {
    this.#broken = true;
    this.#ring?.();
  }

  /** The next event, if one is here. Throws when nobody can say any more what comes next. */
  next(): LoggedEvent | undefined {
    if (this.#broken) throw this.o.refusals.expired();
    if (this.#overflown) throw this.o.refusals.tooSlow();
    const event = this.#waiting.shift();
    this.#bytes -= event?.bytes ?? 0;
    return event;
  }

  /** Resolves when `next` has something to say, or the reader is gone. */
  more(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
      if (this.o.signal.aborted) resolve();
    });
  }

  /** Forgets all and takes again. */
  restart(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#overflown = false;
  }

  close(): void {
    this.o.signal.removeEventListener('abort', this.#abort);
    this.#ring?.();
  }
}
