import { Pool } from 'pg';
import type { PoolClient, QueryConfig } from 'pg';
import { askedBy, commonErrors, passing } from '@thecloud/kernel';
import type { Logger } from '../log';
import { begin, cork, corkEvents, nextTurn, settle, txOf } from './connection';
import type { Scope, Tx } from './connection';
import { isSocket, withPassword } from './connection-url';
import { isClosedProject, isConnectionLoss } from './failures';
import { SharedReads } from './shared-reads';
import { SharedWrites } from './shared-writes';
import { Transaction } from './transaction';

export interface DatabaseOptions {
  readonly url: string;
  readonly password?: string;
  /** PEM of the CA that signed the server's certificate. Without it, and on a socket, the link is plain. */
  readonly ca?: string;
  /** Connections at most. */
  readonly max?: number;
  /** PostgreSQL ends a statement that takes longer; 15 s otherwise. */
  readonly statementMs?: number;
  readonly log: Logger;
  /**
   * SQL function that every transaction which writes in a project begins with. It holds a lock on the project until the
   * end, and fails with SQLSTATE TC001 where the project is closed.
   */
  readonly enterProject?: string;
}

const commitHooks = new WeakMap<Tx, Array<() => void>>();

/** Calls back once the transaction has committed; never if it rolls back. For hints only: a crash may come first. */
export function onCommit(tx: Tx, hook: () => void): void {
  commitHooks.set(tx, [...(commitHooks.get(tx) ?? []), hook]);
}

const deferred = new WeakMap<Tx, Promise<unknown>[]>();

/** Statements whose outcome only decides whether the transaction commits: they travel with the COMMIT. */
export function deferUntilCommit(tx: Tx, ...statements: PromiseLike<unknown>[]): void {
  const pending = statements.map((statement) => Promise.resolve(statement));
  for (const one of pending) one.catch(() => undefined); // the commit awaits them and reports the failure
  deferred.set(tx, [...(deferred.get(tx) ?? []), ...pending]);
}

/** A connection's `tx` serves one transaction after another: this is the one that runs on it now. */
const running = new WeakMap<Tx, Transaction>();
export function transactionOf(tx: Tx): Transaction {
  const transaction = running.get(tx);
  if (!transaction) throw new Error('this belongs into a transaction that writes');
  return transaction;
}

const lastWrites = new WeakMap<Transaction, Array<() => Promise<unknown>>>();

/** The same for a statement that can be made only when all else is known. */
export function beforeCommit(tx: Tx, write: () => Promise<unknown>): void {
  const transaction = transactionOf(tx);
  lastWrites.set(transaction, [...(lastWrites.get(transaction) ?? []), write]);
}

const STATEMENT_TIMEOUT_MS = 15_000;
/**
 * A PostgreSQL that hangs does not enforce its own timeout: the connection is closed when an answer is so much later
 * than that.
 */
const LATE_MS = 3_000;
const READY_MS = 3_000;

/**
 * All that services ask reaches its rows by an index. PostgreSQL would often rather read whole tables: it keeps plans
 * from when a table was all but empty, and takes a list in JSON for 100 rows however short it is. (jit: a plan that
 * cannot do without what is off here would look so dear that compiling it seemed worth while.) So the values make no
 * other plan worth while, either, and each statement is planned once.
 */
const PLANS = [
  ...['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'jit'].map((name) => `-c ${name}=off`),
  '-c plan_cache_mode=force_generic_plan',
].join(' ');

/** One service's schema, through transactions that row-level security confines to a scope. */
export class Database {
  readonly #pool: Pool;
  readonly #reads = new SharedReads(
    (fn) => this.#withClient(fn),
    () => new Transaction(this.#pool),
  );
  readonly #writes = new SharedWrites((scope, fn) => this.write(scope, fn));

  constructor(private readonly options: DatabaseOptions) {
    const { statementMs = STATEMENT_TIMEOUT_MS } = options;
    this.#pool = new Pool({
      connectionString: withPassword(options.url, options.password),
      ...(options.ca && !isSocket(options.url) ? { ssl: { ca: options.ca, rejectUnauthorized: true } } : {}),
      max: options.max ?? 10,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      statement_timeout: statementMs,
      query_timeout: statementMs + LATE_MS,
      idle_in_transaction_session_timeout: statementMs,
      options: PLANS,
      pipeline: true,
    } as ConstructorParameters<typeof Pool>[0]);
    const lost = (err: Error) => options.log.warn({ err }, 'a database connection was lost');
    this.#pool.on('error', lost);
    // While a connection is lent out its errors are its own; one that nobody listens to would end the process.
    this.#pool.on('connect', (client) => {
      client.on('error', lost);
      corkEvents(client);
    });
  }

  /**
   * A read in one round trip: BEGIN, scope, the queries and COMMIT go out together, with those of other reads of the
   * scope. So `fn` must start all its queries before it first awaits (a read that depends on another is two reads or a
   * write), and may be called again if another's query fails.
   */
  async read<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    Transaction.refuseNested(this.#pool);
    return this.#reads.read(scope, fn);
  }

  /** A transaction: all of `fn` or nothing. Throwing rolls back. */
  async write<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    Transaction.refuseNested(this.#pool);
    const by = askedBy(this.write);
    return this.#withClient(async (client) => {
      const uncork = cork(client);
      const begun = begin(client, scope, 'BEGIN', this.options.enterProject);
      void nextTurn().then(uncork);
      const tx = txOf(client);
      const transaction = new Transaction(this.#pool);
      running.set(tx, transaction);
      commitHooks.delete(tx);
      deferred.delete(tx);
      try {
        const [, value] = await settle(
          begun,
          transaction.run(() => fn(tx)),
        );
        passing('before commit', by);
        const writes = (lastWrites.get(transaction) ?? []).map((write) => transaction.run(write));
        await this.#commit(client, transaction, [...(deferred.get(tx) ?? []), ...writes]);
        passing('after commit', by);
        for (const hook of commitHooks.get(tx) ?? []) hook();
        return value as T;
      } catch (cause) {
        await Promise.allSettled(deferred.get(tx) ?? []); // no statement may follow the ROLLBACK
        await client.query('ROLLBACK');
        if (isClosedProject(cause)) throw commonErrors.PROJECT_CLOSED({}, cause);
        throw cause;
      } finally {
        transaction.over();
        commitHooks.delete(tx);
        deferred.delete(tx);
        running.delete(tx);
      }
    });
  }

  /**
   * As `write`, for work that waits for no lock of another transaction, such as inserting rows: concurrent calls of a
   * scope share a transaction. If one of them fails, each `fn` is called again in a transaction of its own.
   */
  async writeTogether<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    Transaction.refuseNested(this.#pool);
    return this.#writes.add(scope, fn);
  }

  /**
   * A write in one round trip: COMMIT goes out with the statements. So `fn` must start all of them before it first
   * awaits; one that fails undoes all, but what `fn` throws afterwards undoes nothing. No events, nothing on commit.
   * For what is done again if it is lost: nobody waits for the disk, and a crash of PostgreSQL may lose the last second.
   */
  async writeAtOnce<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    Transaction.refuseNested(this.#pool);
    const by = askedBy(this.writeAtOnce);
    return this.#withClient(async (client) => {
      const uncork = cork(client);
      const begun = begin(client, scope, 'BEGIN; SET LOCAL synchronous_commit TO off');
      const transaction = new Transaction(this.#pool);
      const written = transaction.run(() => fn(txOf(client))).finally(() => transaction.over());
      const committed = nextTurn().then(() => {
        passing('before commit', by);
        transaction.committing();
        const done = client.query('COMMIT');
        uncork();
        return done;
      });
      const [, value] = await settle(begun, written, committed);
      passing('after commit', by);
      return value as T;
    });
  }

  /** After a statement that failed, PostgreSQL takes COMMIT for ROLLBACK: it may be on its way before that is known. */
  async #commit(
    client: PoolClient,
    transaction: Transaction,
    last: readonly Promise<unknown>[],
  ): Promise<void> {
    if (last.length === 0) {
      transaction.committing();
      return void (await client.query('COMMIT'));
    }
    const uncork = cork(client);
    const committed = nextTurn().then(() => {
      transaction.committing();
      const done = client.query('COMMIT');
      uncork();
      return done;
    });
    await settle(...last, committed);
  }

  /** The same database through `max` connections of its own: for work that must not wait behind other work. */
  apart(max: number): Database {
    return new Database({ ...this.options, max });
  }

  /** One plain statement answers. */
  async ready(): Promise<boolean> {
    // pg takes it with a query as well as with a connection; its types know only the latter.
    const question: QueryConfig & { query_timeout: number } = { text: 'SELECT 1', query_timeout: READY_MS };
    return this.#pool.query(question).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #withClient<T>(fn: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (cause) {
      throw commonErrors.UNAVAILABLE({ what: 'The database' }, cause);
    }
    try {
      const value = await fn(client);
      client.release();
      return value;
    } catch (cause) {
      const lost = isConnectionLoss(cause);
      client.release(lost);
      if (lost) throw commonErrors.UNAVAILABLE({ what: 'The database' }, cause);
      throw cause;
    }
  }
}
