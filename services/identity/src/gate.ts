import type { CloudError } from '@thecloud/kernel';

/** Lets few run at once and some wait; who comes when the queue is full is refused, so load never piles up. */
export class Gate {
  #running = 0;
  readonly #waiting: Array<() => void> = [];

  constructor(
    private readonly most: number,
    private readonly queue: number,
    private readonly refusal: () => CloudError,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.most) {
      if (this.#waiting.length >= this.queue) throw this.refusal();
      await new Promise<void>((resolve) => this.#waiting.push(resolve)); // the one that leaves hands its place over
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
