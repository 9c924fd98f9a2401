import { watch } from 'node:fs';

/** A change is told by the file system; one that it did not tell is found after so long, in ms. */
const LOOK_EVERY_MS = 5_000;

/** Tells a reader that stands at the end of a log when to look again. Listens from the beginning: nothing is missed. */
export class LogNews {
  /** Nothing more is written. */
  over = false;
  #failure: unknown;
  #changed = true;
  #wake: () => void = () => undefined;
  readonly #close: () => void;

  constructor(dir: string, ended: Promise<unknown>, signal: AbortSignal) {
    const tell = () => {
      this.#changed = true;
      this.#wake();
    };
    ended.then(
      () => {
        this.over = true;
        tell();
      },
      (error: unknown) => {
        this.#failure = error;
        tell();
      },
    );
    signal.addEventListener('abort', tell, { once: true });
    const unwatch = watchDirectory(dir, tell);
    const timer = setInterval(tell, LOOK_EVERY_MS);
    this.#close = () => {
      signal.removeEventListener('abort', tell);
      clearInterval(timer);
      unwatch();
    };
  }

  /** Resolves when there may be something new since it did so last. Rejects when it cannot be known any more. */
  async next(): Promise<void> {
    if (!this.#changed) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure !== undefined) throw this.#failure as Error;
    this.#changed = false;
  }

  close(): void {
    this.#close();
  }
}

/** Where nothing can be watched (no such directory yet, no watches left), the timer looks. */
function watchDirectory(dir: string, tell: () => void): () => void {
  try {
    const watcher = watch(dir, tell);
    watcher.on('error', tell);
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
