/**
 * Serves so many at once of each key; the others wait in line, in the order they came. So whoever sends much at once
 * waits for himself, and not in front of others. The line is as long as its owner lets it get, and waits for `ms` at
 * most.
 */
export class Turns {
  readonly #lines = new Map<string, { served: number; readonly waiting: Set<() => void> }>();

  constructor(
    private readonly most: number,
    private readonly ms: number,
  ) {}

  get size(): number {
    return this.#lines.size;
  }

  /** What ends the turn, to be called once; undefined if none came in time. `gone` leaves the line; only who waits is asked for it. */
  async take(key: string, gone: () => AbortSignal): Promise<(() => void) | undefined> {
    const line = this.#lines.get(key) ?? { served: 0, waiting: new Set() };
    this.#lines.set(key, line);
    if (line.served < this.most) line.served++;
    else if (!(await wait(line.waiting, this.ms, gone()))) return undefined;
    return () => {
      const [next] = line.waiting;
      if (next) return next(); // its turn is the one that ends here
      if (--line.served === 0) this.#lines.delete(key);
    };
  }
}

/** True when called by its turn, false when it has left the line before. */
function wait(line: Set<() => void>, ms: number, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const leave = (served: boolean) => {
      line.delete(called);
      clearTimeout(timer);
      gone.removeEventListener('abort', left);
      resolve(served);
    };
    const called = () => leave(true);
    const left = () => leave(false);
    const timer = setTimeout(left, ms);
    gone.addEventListener('abort', left);
    line.add(called);
    if (gone.aborted) left();
  });
}
