import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import { commonErrors } from '@thecloud/kernel';
import type { Logger } from '../log';
import { withPassword } from './connection-url';

/** Queries of one transaction. */
export type Tx = NodePgDatabase;

/** Whose rows a transaction may see: a project's, a user's own, or (controllers, internal calls) everybody's. */
export type Scope = { readonly projectId: string } | { readonly subject: string } | 'system';

export interface DatabaseOptions {
  readonly url: string;
  readonly password?: string;
  /** PEM of the CA that signed the server's certificate. Without it the link is plain (tests on a unix socket). */
  readonly ca?: string;
  /** Connections at most. */
  readonly max?: number;
  readonly log: Logger;
}

const commitHooks = new WeakMap<Tx, Array<() => void>>();

/** Calls back once the transaction has committed; never if it rolls back. For hints only: a crash may come first. */
export function onCommit(tx: Tx, hook: () => void): void {
  commitHooks.set(tx, [...(commitHooks.get(tx) ?? []), hook]);
}

const STATEMENT_TIMEOUT_MS = 15_000;

/** One service's schema, through transactions that row-level security confines to a scope. */
export class Database {
  readonly #pool: Pool;

  constructor(options: DatabaseOptions) {
    this.#pool = new Pool({
      connectionString: withPassword(options.url, options.password),
      ...(options.ca ? { ssl: { ca: options.ca, rejectUnauthorized: true } } : {}),
      max: options.max ?? 10,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      pipeline: true,
    } as ConstructorParameters<typeof Pool>[0]);
    this.#pool.on('error', (err) => options.log.warn({ err }, 'a database connection was lost'));
  }

  /**
   * A read in one round trip: BEGIN, scope, the queries and COMMIT go out together. So `fn` must start all its
   * queries before it first awaits; a read that depends on another is two reads or a write.
   */
  async read<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#withClient(async (client) => {
      const begun = begin(client, scope, 'BEGIN READ ONLY');
      const result = fn(drizzle(client));
      // drizzle sends a query some microtasks after it is asked for it: only the next turn is surely after that.
      const done = new Promise(setImmediate).then(() => client.query('COMMIT'));
      const [, value] = await settle(begun, result, done);
      return value as T;
    });
  }

  /** A transaction: all of `fn` or nothing. Throwing rolls back. */
  async write<T>(scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#withClient(async (client) => {
      const begun = begin(client, scope, 'BEGIN');
      const tx = drizzle(client);
      try {
        const [, value] = await settle(begun, fn(tx));
        await client.query('COMMIT');
        for (const hook of commitHooks.get(tx) ?? []) hook();
        return value as T;
      } catch (cause) {
        await client.query('ROLLBACK');
        throw cause;
      }
    });
  }

  /** One plain statement answers. */
  async ready(): Promise<boolean> {
    return this.#pool.query('SELECT 1').then(
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

/** Queued, not awaited: they travel with the first query. */
function begin(client: PoolClient, scope: Scope, statement: string): Promise<unknown> {
  const project = typeof scope === 'object' && 'projectId' in scope ? scope.projectId : '';
  const subject = typeof scope === 'object' && 'subject' in scope ? scope.subject : '';
  return Promise.all([
    client.query(statement),
    client.query({
      name: 'scope',
      text: "select set_config('thecloud.project_id', $1, true), set_config('thecloud.subject', $2, true), set_config('thecloud.scope', $3, true)",
      values: [project, subject, scope === 'system' ? 'system' : 'tenant'],
    }),
  ]);
}

/** Waits for all, then throws the first failure: nothing is left running on the connection. */
async function settle(...promises: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((r) => r.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((r) => (r as PromiseFulfilledResult<unknown>).value);
}

/** Class 08 (connection), 57P0x (shutdown), 53300 (too many connections), or an error of the socket itself. */
export function isConnectionLoss(cause: unknown): boolean {
  for (let e = cause; e instanceof Error; e = e.cause) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string' && /^(08|57P0|53300|ECONN|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND)/.test(code))
      return true;
    if (/Connection terminated|not queryable|connection error/i.test(e.message)) return true;
  }
  return false;
}

/** The constraint whose unique violation this is, if it is one. Drizzle wraps the driver's error as its cause. */
export function violatedUnique(cause: unknown): string | undefined {
  for (let e = cause; e instanceof Error; e = e.cause) {
    const { code, constraint } = e as { code?: string; constraint?: string };
    if (code === '23505') return constraint ?? '';
  }
  return undefined;
}
