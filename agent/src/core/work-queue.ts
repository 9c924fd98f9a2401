/** Looks at one key. Answers with the ms until it wants to look again, or nothing. */
export type Work = (key: string, signal: AbortSignal) => Promise<number | undefined>;

interface Entry {
  /** Set while it runs. */
  run?: { abort: AbortController; done: Promise<void> };
  /** Look again as soon as this run ends. */
  again: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * Keys to look at, each by one worker at a time, at most `concurrency` keys at once. Adding a key that waits already
 * changes nothing, so the queue is never longer than there are keys.
 */
export class WorkQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Set<string>();
  #running = 0;
  #closed = false;

  constructor(
    private readonly concurrency: number,
    private readonly work: Work,
    /** For what `work` should not have thrown; the key is looked at again after `retryMs`. */
    private readonly onError: (key: string, error: unknown) => void,
    private readonly retryMs = 5_000,
  ) {}

  add(key: string, afterMs = 0): void {
    if (this.#closed) return;
    const entry = this.#entry(key);
    if (afterMs > 0) {
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => this.add(key), afterMs);
      return;
    }
    clearTimeout(entry.timer);
    entry.timer = undefined;
    if (entry.run) entry.again = true;
    else this.#ready.add(key);
    this.#pump();
  }

  /** What is being done for this key is out of date: end it, and look again. */
  interrupt(key: string): void {
    this.#entries.get(key)?.run?.abort.abort(new Error('superseded by a newer order'));
    this.add(key);
  }

  /** Aborts what runs and returns when it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ready.clear();
    const ends = [...this.#entries.values()].map((entry) => {
      clearTimeout(entry.timer);
      entry.run?.abort.abort(new Error('the agent is stopping'));
      return entry.run?.done;
    });
    await Promise.all(ends);
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#running >= this.concurrency) return;
      this.#ready.delete(key);
      const abort = new AbortController();
      this.#entry(key).run = { abort, done: this.#run(key, abort.signal) };
    }
  }

  async #run(key: string, signal: AbortSignal): Promise<void> {
    this.#running += 1;
    await Promise.resolve(); // so that `run` is set before the work begins
    const next = await this.work(key, signal).catch((error: unknown) => {
      if (!signal.aborted) this.onError(key, error);
      return this.retryMs;
    });
    this.#running -= 1;
    const entry = this.#entry(key);
    entry.run = undefined;
    if (entry.again) {
      entry.again = false;
      this.add(key);
    } else if (next !== undefined) this.add(key, next);
    else if (!entry.timer) this.#entries.delete(key);
    this.#pump();
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const fresh: Entry = { again: false };
    this.#entries.set(key, fresh);
    return fresh;
  }
}
