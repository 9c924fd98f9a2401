import { Option, type Command } from 'commander';
import { suggest } from './completion/suggestions';
import { usageError } from './exit-codes';
import { isData, type Column, type Format, type View } from './output';

/** What a person may say about how a list is laid out. */
export interface Layout {
  columns?: string[];
  sort?: Order[];
}

interface Order {
  column: string;
  descending: boolean;
}

const words = (text: string) => text.split(',').map((word) => word.trim());

/** The options of every verb that lists. */
export function addLayoutOptions<T>(verb: Command, view: View<T>): Command {
  const columns = new Option('--columns <names>', 'columns to show, in this order: name,state,labels');
  const sort = new Option('--sort <columns>', 'sort by these columns: state,age:desc');
  const names = columnNames(view);
  return verb
    .addOption(suggest(columns.argParser(words), names, true))
    .addOption(suggest(sort.argParser(ordersOf), names, true));
}

const ordersOf = (text: string) =>
  words(text).map((word): Order => {
    const column = word.replace(/:(asc|desc)$/, '');
    return { column, descending: word.endsWith(':desc') };
  });

/** "MEMORY MIB" is written memory-mib, in capitals or not. */
const plain = (text: string) => text.toLowerCase().replace(/[ _]/g, '-');

const columnsOf = <T>({ columns, details = [] }: View<T>) => [...columns, ...details];
const columnNames = <T>(view: View<T>) => columnsOf(view).map(({ title }) => plain(title));

function find<T>(view: View<T>, name: string): Column<T> {
  const all = columnsOf(view);
  const found = all.find(({ title }) => plain(title) === plain(name));
  if (found) return found;
  throw usageError(`There is no column "${name}".`, `Choose from: ${columnNames(view).join(', ')}`);
}

/** The view with the columns that were asked for. */
export function arranged<T>(view: View<T>, { columns }: Layout, format: Format): View<T> {
  if (!columns || format === 'name') return view;
  if (isData(format))
    throw usageError('--columns is for tables.', 'Of JSON, YAML and text choose with --query.');
  // All that are wanted are named: wide has nothing to add.
  return { ...view, columns: columns.map((name) => find(view, name)), details: [] };
}

/** In the order that was asked for; things that are equal in it stay as they came. What has no value comes last. */
export function sorted<T>(view: View<T>, items: readonly T[], { sort }: Layout): readonly T[] {
  if (!sort) return items;
  const keys = sort.map(({ column, descending }) => {
    const { value, sort: key = value } = find(view, column);
    return { key, sign: descending ? -1 : 1 };
  });
  return items.toSorted((a, b) => {
    for (const { key, sign } of keys) {
      const [left, right] = [key(a) ?? '', key(b) ?? ''];
      if (left === right) continue;
      if (left === '' || right === '') return left === '' ? 1 : -1;
      const order = compare(left, right);
      if (order !== 0) return sign * order;
    }
    return 0;
  });
}

type Comparable = string | number | boolean;

// Numbers within texts count as numbers: nano-2 comes before nano-10.
function compare(a: Comparable, b: Comparable): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
