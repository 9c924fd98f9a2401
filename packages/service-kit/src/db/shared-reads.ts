import type { PoolClient } from 'pg';
import { begin, cork, keyOf, nextTurn, settle, txOf } from './connection';
import type { Scope, Tx } from './connection';
import { isBystander, isConnectionLoss } from './failures';
import type { Transaction } from './transaction';

/** One failing statement fails its whole transaction, and all wait for the slowest: so not too many share one. */
const MOST_TOGETHER = 64;

interface Reader {
  readonly fn: (tx: Tx) => Promise<unknown>;
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

type WithClient = <T>(fn: (client: PoolClient) => Promise<T>) => Promise<T>;

/**
 * Reads of one scope that are asked for in the same turn of the event loop, or while they wait for a connection, share
 * a transaction: BEGIN, scope, all their queries and COMMIT go out together. A transaction costs as much as the read.
 */
export class SharedReads {
  /** Those that still take readers in, by scope. */
  readonly #open = new Map<string, Reader[]>();

  constructor(
    private readonly withClient: WithClient,
    private readonly newTransaction: () => Transaction,
  ) {}

  read<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const reader: Reader = { fn, resolve: resolve as (value: unknown) => void, reject };
      const key = keyOf(scope);
      const open = this.#open.get(key);
      if (open) {
        if (open.push(reader) === MOST_TOGETHER) this.#open.delete(key);
        return;
      }
      const readers = [reader];
      this.#open.set(key, readers);
      void nextTurn().then(() => this.#answerAll(scope, readers));
    });
  }

  async #answerAll(scope: Scope, readers: Reader[]): Promise<void> {
    const closed = () => this.#open.get(keyOf(scope)) === readers && this.#open.delete(keyOf(scope));
    try {
      await this.withClient((client) => {
        closed();
        return this.#transact(client, scope, readers);
      });
    } catch (cause) {
      closed();
      for (const reader of readers) reader.reject(cause); // those that have their answer keep it
    }
  }

  async #transact(client: PoolClient, scope: Scope, readers: readonly Reader[]): Promise<void> {
    const uncork = cork(client);
    const begun = begin(client, scope, 'BEGIN READ ONLY');
    const tx = txOf(client);
    const transaction = this.newTransaction();
    const reading = readers.map((reader) => this.#answer(scope, reader, tx, transaction));
    const committed = nextTurn().then(() => {
      transaction.committing();
      const done = client.query('COMMIT');
      uncork();
      return done;
    });
    // Before anything is awaited: the connection may break in this turn, and an unhandled rejection ends the process.
    await settle(begun, ...reading, committed).finally(() => transaction.over());
  }

  /** Rejects only if the connection is lost; any other failure is its reader's alone. */
  async #answer(scope: Scope, reader: Reader, tx: Tx, transaction: Transaction): Promise<void> {
    try {
      reader.resolve(await transaction.run(() => reader.fn(tx)));
    } catch (cause) {
      if (isConnectionLoss(cause)) throw cause;
      // Another's statement failed, and with it the transaction: this one is asked again, by itself.
      if (isBystander(cause)) void this.#answerAll(scope, [reader]);
      else reader.reject(cause);
    }
  }
}
