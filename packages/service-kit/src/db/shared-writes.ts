import { Batcher, CloudError } from '@thecloud/kernel';
import type { Scope, Tx } from './connection';
import { keyOf, settle } from './connection';

/** All wait for the slowest, and for each other's locks: so not too many share one. */
const MOST_TOGETHER = 32;

type Writer = (tx: Tx) => Promise<unknown>;
type Write = <T>(scope: Scope, fn: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * Writes of one scope that are asked for while another of it is under way share a transaction: its beginning, its
 * commit and, where statements are batched, these too. If one fails, what they had in common is undone and each is
 * done alone, so that nobody hears of another's failure.
 */
export class SharedWrites {
  readonly #lines = new Map<string, { readonly batches: Batcher<Writer, unknown>; waiting: number }>();

  constructor(private readonly write: Write) {}

  async add<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const key = keyOf(scope);
    const line = this.#lines.get(key) ?? {
      batches: new Batcher<Writer, unknown>(MOST_TOGETHER, (writers) => this.#together(scope, writers)),
      waiting: 0,
    };
    this.#lines.set(key, line);
    line.waiting += 1;
    try {
      return (await line.batches.add(fn)) as T;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(key);
    }
  }

  async #together(scope: Scope, writers: readonly Writer[]): Promise<unknown[]> {
    const all = this.write(scope, (tx) => settle(...writers.map((write) => write(tx))));
    if (writers.length === 1) return all;
    return all.catch((cause: unknown) => {
      if (cause instanceof CloudError && cause.code === 'UNAVAILABLE') throw cause;
      throw new Error('one of several writes failed', { cause }); // not a CloudError: so the batcher does each alone
    });
  }
}
