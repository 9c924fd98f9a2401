/** What has been begun and has not ended, so much of it at most. */
export class InFlight {
  readonly #open = new Set<Promise<void>>();
  readonly #waiting: Array<() => void> = [];
  #failure: { readonly cause: unknown } | undefined;

  constructor(private readonly most: number) {}

  /** Returns when there is room for the next. Throws what failed of those added before: the caller gives up. */
  async add(work: Promise<void>): Promise<void> {
    const settled: Promise<void> = work
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => {
        this.#open.delete(settled);
        for (const wake of this.#waiting.splice(0)) wake();
      });
    this.#open.add(settled);
    while (this.#open.size >= this.most) await new Promise<void>((wake) => this.#waiting.push(wake));
    if (this.#failure) throw this.#failure.cause;
  }

  /** Returns when all have ended. Throws what failed of them. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
    if (this.#failure) throw this.#failure.cause;
  }
}
