import { eq, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** What a list of named things is narrowed by. What is empty narrows nothing. */
export interface NameFilter {
  readonly name?: string;
  readonly namePrefix?: string;
  /** "key=value"; all must match. */
  readonly label?: readonly string[];
}

/** The same as conditions of a query. */
export const named = (
  table: { readonly name: PgColumn; readonly labels: PgColumn },
  { name, namePrefix, label = [] }: NameFilter,
): (SQL | undefined)[] => [
  name ? eq(table.name, name) : undefined,
  namePrefix ? sql`starts_with(${table.name}, ${namePrefix})` : undefined,
  ...hasLabels(table.labels, label),
];

/** One condition a label: a key that is asked for with two values is on no row. */
export const hasLabels = (column: PgColumn, label: readonly string[]): SQL[] =>
  label.map((one) => sql`${column} @> ${JSON.stringify(Object.fromEntries([splitLabel(one)]))}::jsonb`);

/** The same asked of a row. */
export const isNamed = (
  row: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  { name, namePrefix = '', label = [] }: NameFilter,
): boolean =>
  (!name || row.name === name) &&
  row.name.startsWith(namePrefix) &&
  label.map(splitLabel).every(([key, value]) => row.labels[key] === value);

function splitLabel(label: string): [string, string] {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
}
