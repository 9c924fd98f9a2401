import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<Transaction>();

/** A transaction as the code that runs inside it meets it. */
export class Transaction {
  #asks = true;
  #holds = true;
  readonly #around = current.getStore();

  /** @param pool whose connection it holds */
  constructor(private readonly pool: object) {}

  run<T>(fn: () => Promise<T>): Promise<T> {
    return current.run(this, async () => await fn()); // drizzle's queries ask once they are awaited
  }

  /** Its COMMIT is sent: what is asked from now on would run in no transaction, or in another's. */
  committing(): void {
    this.#asks = false;
  }

  /** Its connection is free for others. */
  over(): void {
    this.#asks = this.#holds = false;
  }

  /**
   * Throws if this code runs inside a transaction of the pool. A transaction that waits for a second connection deadlocks once all
   * connections belong to transactions that do the same, so it is refused even while connections are free.
   */
  static refuseNested(pool: object): void {
    for (let one = current.getStore(); one; one = one.#around)
      if (one.#holds && one.pool === pool)
        throw new Error('a transaction asked for a second connection: use its tx, or ask before it begins');
  }

  /** Throws unless this code's transaction takes statements. Row-level security would answer them with nothing. */
  static refuseLate(): void {
    const transaction = current.getStore();
    if (!transaction || !transaction.#asks)
      throw new Error('a statement came too late for its transaction: a read asks for all before it awaits');
  }
}
