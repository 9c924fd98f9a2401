/** At most `size` pieces of work at once. Those that come later wait in the order of their arrival. */
export class ConcurrencyLimit {
  readonly #waiting: Array<() => void> = [];
  #free: number;

  constructor(
    size: number,
    /** Longest wait, in milliseconds. */
    private readonly waitMs: number,
    private readonly tooLate: () => Error,
  ) {
    this.#free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(this.tooLate());
      }, this.waitMs);
      this.#waiting.push(enter);
    });
  }

  /** The slot goes to the first that waits without being free in between, so that a newcomer cannot take it as well. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
