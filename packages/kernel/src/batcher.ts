import { CloudError } from './errors';

interface Waiting<In, Out> {
  readonly item: In;
  resolve(out: Out): void;
  reject(cause: unknown): void;
}

/**
 * Does together what is asked for one by one: what comes in the same turn of the event loop, and what comes while the
 * batch before it is under way. So it batches as much as there is to do, and no one waits for company.
 * One batch at a time, in the order they came; `work` answers one result an item, in the items' order.
 */
export class Batcher<In, Out> {
  #waiting: Waiting<In, Out>[] = [];
  #draining = false;

  constructor(
    private readonly largest: number,
    private readonly work: (items: readonly In[]) => Promise<readonly Out[]>,
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#draining) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#do(this.#waiting.splice(0, this.largest));
    this.#draining = false;
  }

  /** An error of a catalogue concerns all of a batch. Any other may be one item's doing: then each is done alone. */
  async #do(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      if (results.length !== batch.length)
        throw new Error(`${batch.length} items gave ${results.length} results`);
      batch.forEach(({ resolve }, i) => resolve(results[i] as Out));
    } catch (cause) {
      if (batch.length === 1 || cause instanceof CloudError) for (const { reject } of batch) reject(cause);
      else for (const one of batch) await this.#do([one]);
    }
  }
}
