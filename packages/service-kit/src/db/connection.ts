import type { Duplex } from 'node:stream';
import { fillPlaceholders, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { escapeLiteral } from 'pg';
import type { PoolClient } from 'pg';
import { mapRowsFast } from './row-mapper';
import { Transaction } from './transaction';

/** Queries of one transaction. */
export type Tx = NodePgDatabase;

/** Whose rows a transaction may see: a project's, a user's own, or (controllers, internal calls) everybody's. */
export type Scope = { readonly projectId: string } | { readonly subject: string } | 'system';

export function keyOf(scope: Scope): string {
  if (scope === 'system') return scope;
  return 'projectId' in scope ? `project ${scope.projectId}` : `subject ${scope.subject}`;
}

const txs = new WeakMap<PoolClient, Tx>();
const clients = new WeakMap<Tx, PoolClient>();

/** One for the life of a connection, so that what is prepared on it is found again. */
export function txOf(client: PoolClient): Tx {
  const known = txs.get(client);
  if (known) return known;
  const guarded = guard(client);
  const tx = mapRowsFast(drizzle(guarded));
  txs.set(client, tx);
  clients.set(tx, guarded);
  return tx;
}

/** A connection on which only code inside a transaction asks. */
function guard(client: PoolClient): PoolClient {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const guarded = (...args: unknown[]) => {
    Transaction.refuseLate();
    return query(...args);
  };
  return Object.create(client, { query: { value: guarded } }) as PoolClient;
}

/**
 * A statement that is built once a connection and then only executed: drizzle takes longer to build one than
 * PostgreSQL to answer it. Give it a name in `.prepare`, and PostgreSQL keeps its plan too.
 */
export function prepared<S>(build: (tx: Tx) => S): (tx: Tx) => S {
  const built = new WeakMap<Tx, S>();
  return (tx) => {
    const statement = built.get(tx) ?? build(tx);
    built.set(tx, statement);
    return statement;
  };
}

const dialect = new PgDialect();

/**
 * The same for a statement that is plain SQL with placeholders. Its name must be the only one of its kind in the
 * process. Answers with the rows as the driver has them: columns keep their names in SQL, times are Dates.
 */
export function statement<Row extends object>(
  name: string,
  build: () => SQL,
): (tx: Tx, values: Record<string, unknown>) => Promise<Row[]> {
  let query: { sql: string; params: unknown[] } | undefined;
  return async (tx, values) => {
    query ??= dialect.sqlToQuery(build());
    const client = clients.get(tx);
    if (!client) throw new Error('this transaction has no connection');
    const asked = { name, text: query.sql, values: fillPlaceholders(query.params, values) };
    return (await client.query<Row>(asked)).rows;
  };
}

/** Rows as one argument of a statement: `from jsonb_to_recordset(${rowsOf('asked')}) as asked(id text, …)`. */
export const rowsOf = (placeholder: string): SQL => sql`${sql.placeholder(placeholder)}::jsonb`;

/**
 * That a column is one of a statement's list of texts. Said besides a join with `rowsOf` it makes sure of the index,
 * whatever PostgreSQL believes of sizes.
 */
export const oneOf = (column: string, placeholder: string): SQL =>
  sql`${sql.raw(column)} = any(${sql.placeholder(placeholder)}::text[])`;

/**
 * Begins a transaction of that scope, as one message. Queued, not awaited: it travels with the first query. Settings end
 * with their transaction, so what is not said here is not set. `enterProject`: see DatabaseOptions.
 */
export function begin(client: PoolClient, scope: Scope, statement: string, enterProject = '') {
  const set = (name: string, value: string) =>
    `${statement}; SET LOCAL thecloud.${name} TO ${escapeLiteral(value)}`;
  if (scope === 'system') return client.query(set('scope', 'system'));
  if (!('projectId' in scope)) return client.query(set('subject', scope.subject));
  const enter = enterProject && `; SELECT ${enterProject}(${escapeLiteral(scope.projectId)})`;
  return client.query(set('project_id', scope.projectId) + enter);
}

/** The next turn of the event loop. drizzle sends a query some microtasks after it is asked for it: by then it has. */
export const nextTurn = (): Promise<void> => new Promise(setImmediate);

/** What is sent until `uncork` goes out as one piece: a system call and a TLS record instead of one a query. */
export function cork(client: PoolClient): () => void {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } })
    .connection;
  stream.cork();
  return () => stream.uncork();
}

/** The same for whatever one event sets going on this connection, from now on: after its microtasks it goes out. */
export function corkEvents(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let corked = false;
  const uncork = () => {
    corked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
      queueMicrotask(() => process.nextTick(uncork));
    }
    return write(...args);
  };
}

/** Waits for all, then throws the first failure: nothing is left running on the connection. */
export async function settle(...promises: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((r) => r.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((r) => (r as PromiseFulfilledResult<unknown>).value);
}
