import { getTableConfig } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Tx } from '../db/connection';
import type { Database } from '../db/database';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';

const EVERY_MS = 10 * 60_000;
/** Rows that one transaction removes, and transactions of one run. */
const AT_ONCE = 1_000;
const MOST_TRANSACTIONS = 20;

/**
 * Removes operations that ended long ago. One that is open stays, and so does one that a row of this service names in
 * its column `operation_id`: it tells how its resource came to be as it is. Any replica may do it, at any time.
 */
export class OperationPruning {
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly db: Database,
    private readonly tables: Pick<KitTables, 'operation'>,
    private readonly keepDays: number,
    log: Logger,
  ) {
    this.#timer = setInterval(() => {
      this.prune().catch((err: unknown) => log.warn({ err }, 'old operations could not be removed yet'));
    }, EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Answers with how many it removed. */
  async prune(atOnce = AT_ONCE): Promise<number> {
    let removed = 0;
    for (let turn = 0; turn < MOST_TRANSACTIONS; turn++) {
      const some = await this.db.write('system', (tx) => this.#pruneSome(tx, atOnce));
      removed += some;
      if (some < atOnce) break;
    }
    return removed;
  }

  async #pruneSome(tx: Tx, atOnce: number): Promise<number> {
    const { operation } = this.tables;
    const naming = await this.#tablesThatName(tx);
    await tx.execute(WHOLE_TABLES);
    const unnamed = naming.map(
      (table) => sql`and not exists (select from ${table} r where r.operation_id = o.id)`,
    );
    const { rowCount } = await tx.execute(sql`
      with old as (
        select o.id from ${operation} o
         where o.ended_at < now() - make_interval(days => ${this.keepDays}) ${sql.join(unnamed, sql` `)}
         order by o.ended_at limit ${atOnce} for update of o skip locked)
      delete from ${operation} o using old where o.id = old.id`);
    return rowCount ?? 0;
  }

  /** Tables of the service's schema with a column `operation_id`. */
  async #tablesThatName(tx: Tx): Promise<SQL[]> {
    const { schema } = getTableConfig(this.tables.operation);
    const { rows } = await tx.execute<{ name: string }>(sql`
      select c.oid::regclass::text as name
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${schema} and a.attname = 'operation_id' and not a.attisdropped and c.relkind in ('r', 'p')`);
    return rows.map(({ name }) => sql.raw(name));
  }
}

/** Resources are not found by the operation that they name: here tables are read whole, and once (see Database). */
const WHOLE_TABLES = sql.raw('set local enable_seqscan to on; set local enable_hashjoin to on');
