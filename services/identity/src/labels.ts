import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/** That a row has all of these labels, each "key=value". Undefined: none is asked for. */
export function hasLabels(column: AnyPgColumn, labels: readonly string[]): SQL | undefined {
  if (labels.length === 0) return undefined;
  const wanted = Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf('=');
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
  return sql`${column} @> ${JSON.stringify(wanted)}::jsonb`;
}
