import { getTableColumns, sql } from 'drizzle-orm';
import type { SQLChunk } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { rowsOf, statement } from './connection';
import type { Tx } from './connection';
import { batched } from './batched';

/**
 * Inserts a row with these of its columns; the rows of those who share a transaction by one statement, which bears this
 * name. Values must be such that JSON has them.
 */
export function insertRows<T extends PgTable, K extends keyof T['$inferInsert'] & string>(
  name: string,
  table: () => T,
  keys: readonly K[],
): (tx: Tx, row: Pick<Required<T['$inferInsert']>, K>) => Promise<void> {
  const insert = statement(name, () => {
    const columns = Object.entries(getTableColumns(table())).filter(([key]) => keys.includes(key as K));
    const list = (part: (key: SQLChunk, column: (typeof columns)[number][1]) => SQLChunk) =>
      sql.join(
        columns.map(([key, column]) => part(sql.identifier(key), column)),
        sql`, `,
      );
    return sql`
      insert into ${table()} (${list((_, { name }) => sql.identifier(name))})
      select ${list((key) => key)}
        from jsonb_to_recordset(${rowsOf('rows')}) as r(${list((key, column) => sql`${key} ${sql.raw(column.getSQLType())}`)})`;
  });
  return batched(async (tx, rows) => {
    await insert(tx, { rows: JSON.stringify(rows) });
    return rows.map(() => undefined);
  });
}
