/** Doubling waits with jitter: about `first`, twice that, … never above `most`. In ms. */
export class Backoff {
  #count = 0;

  constructor(
    private readonly first: number,
    private readonly most: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** How often in a row. */
  get count(): number {
    return this.#count;
  }

  /** Counts one more, and answers how long to wait for it: between half and all of the doubled time. */
  next(): number {
    const full = Math.min(this.first * 2 ** Math.min(this.#count, 30), this.most);
    this.#count += 1;
    return Math.round(full * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.#count = 0;
  }
}
