import { styleText } from 'node:util';
import Table from 'cli-table3';
import { stringify } from 'yaml';
import { chosen, plainText, type Query } from './query';

export const formats = ['table', 'wide', 'name', 'json', 'yaml'] as const;
/** `text` is what --query chose, where no format is named. */
export type Format = (typeof formats)[number] | 'text';
/** Formats that print the API's own answer, or what was chosen of it. */
export type DataFormat = Extract<Format, 'json' | 'yaml' | 'text'>;
export const isData = (format: Format): format is DataFormat => /^(json|yaml|text)$/.test(format);

export interface Column<T> {
  title: string;
  /** undefined and '' are shown as "-". */
  value: (item: T) => string | number | boolean | undefined;
  /** Coloured by what it says, on a terminal. */
  state?: boolean;
  /** What --sort compares, where the shown text does not sort as its meaning does: "9d" and "10s". */
  sort?: (item: T) => string | number | undefined;
  /** Of a detail: -o wide shows it in lists, too. */
  wide?: boolean;
}

/** How things of one sort are shown. */
export interface View<T> {
  id: (item: T) => string;
  /** What -o name prints, where that is not the column NAME: what other commands take as a name. */
  name?: (item: T) => string | undefined;
  /** The one titled NAME is what -o name prints; without it, the id. */
  columns: readonly Column<T>[];
  /** Shown of a single thing, after the columns; --columns can name them in lists. */
  details?: readonly Column<T>[];
}

export interface Style {
  format: Format;
  /** Ids only. */
  quiet: boolean;
  colour: boolean;
  /** False: tables of lists begin with their first row. */
  headers?: boolean;
  /** What of the answer is printed as data; absent: all. */
  query?: Query | undefined;
}

/** A list; `answer` is the API's own, which json and yaml print as it is. */
export function renderList<T>(view: View<T>, items: readonly T[], answer: unknown, style: Style): string {
  if (isBrief(style)) return items.map((item) => briefly(view, item, style)).join('');
  if (isData(style.format)) return renderData(answer, style.format, style.query);
  const columns = columnsOf(view, style.format);
  const rows = items.map((item) => columns.map((column) => cell(column, item, style.colour)));
  const head = style.headers === false ? [] : [columns.map((column) => column.title)];
  return renderTable([...head, ...rows]);
}

/** One word a thing. */
const isBrief = ({ quiet, format }: Style) => quiet || format === 'name';

function briefly<T>(view: View<T>, item: T, { quiet }: Style): string {
  const named = view.name ?? view.columns.find(({ title }) => title === 'NAME')?.value;
  const name = quiet ? undefined : named?.(item);
  return `${name ? printable(String(name)) : view.id(item)}\n`;
}

function columnsOf<T>({ columns, details = [] }: View<T>, format: Format): readonly Column<T>[] {
  return format === 'wide' ? [...columns, ...details.filter(({ wide }) => wide)] : columns;
}

/** A single thing, one line a fact; details it does not have are left out. */
export function renderOne<T>(view: View<T>, item: T, answer: unknown, style: Style): string {
  if (isBrief(style)) return briefly(view, item, style);
  if (isData(style.format)) return renderData(answer, style.format, style.query);
  const details = (view.details ?? []).filter((column) => (column.value(item) ?? '') !== '');
  const columns = [...view.columns, ...details];
  return renderTable(
    columns.map((column) => [`${sentenceCase(column.title)}:`, cell(column, item, style.colour)]),
  );
}

/**
 * One of many that come one after another. `widths` is what the columns have needed so far: a later row may be wider
 * than what has been printed, and then moves the ones after it.
 */
export function renderRow<T>(view: View<T>, item: T, style: Style, widths: number[], first: boolean): string {
  if (isBrief(style)) return briefly(view, item, style);
  const { format, query, headers = true } = style;
  if (isData(format)) {
    const data = query === undefined ? item : chosen(query, item);
    if (format === 'text') return plainText(data);
    return format === 'json' ? `${JSON.stringify(data)}\n` : `---\n${stringify(data)}`;
  }
  const columns = columnsOf(view, format);
  const titles = columns.map((column) => column.title);
  const plain = columns.map((column) => cell(column, item, false));
  plain.forEach((text, at) => {
    widths[at] = Math.max(widths[at] ?? (headers ? titles[at]!.length : 0), text.length);
  });
  const line = (texts: string[], painted = texts) =>
    `${texts
      .map((text, at) => painted[at]! + ' '.repeat(widths[at]! + 2 - text.length))
      .join('')
      .trimEnd()}\n`;
  const painted = columns.map((column) => cell(column, item, style.colour));
  return `${first && headers ? line(titles) : ''}${line(plain, painted)}`;
}

export function renderData(all: unknown, format: DataFormat, query?: Query): string {
  const answer = query === undefined ? all : chosen(query, all);
  if (format === 'text') return plainText(answer);
  return format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : stringify(answer);
}

const noLines = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((place) => [place, '']),
);

function renderTable(rows: string[][]): string {
  const table = new Table({
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows);
  const lines = table.toString().split('\n');
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function cell<T>(column: Column<T>, item: T, colour: boolean): string {
  const value = column.value(item);
  const text = value === undefined || value === '' ? '-' : printable(String(value));
  const paint = column.state && colour ? colourOf(text) : undefined;
  return paint ? styleText(paint, text, { validateStream: false }) : text;
}

function colourOf(state: string): 'green' | 'red' | 'yellow' | undefined {
  if (/^(running|ready|succeeded|ok)\b/.test(state)) return 'green';
  if (/^(failed|suspect|dead)\b/.test(state)) return 'red';
  return /^(stopped|deleted|superseded|skipped)\b/.test(state) ? undefined : 'yellow';
}

/** Texts come from other people's programs: control characters must not reach the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

const sentenceCase = (title: string) => title.charAt(0) + title.slice(1).toLowerCase();

/** How long ago, in one unit: "42s", "3m", "5h", "9d". */
export function age(time: string | undefined, now = Date.now()): string | undefined {
  if (!time) return undefined;
  return duration(Math.max(0, now - Date.parse(time)));
}

/** Milliseconds in one unit, rounded down. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** vCPUs from thousandths of one: "0.25", "2"; from whole ones, where a cloud of the version before says no more. */
export const vcpus = (millicores: number | undefined, whole = 0): string =>
  String(millicores === undefined ? whole : millicores / 1000);

/** Bytes in a binary unit with at most one decimal: "1.4 MiB". */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

/** A map as "a=1,b=2", in the order of its keys. */
export function pairs(map: Record<string, string> | undefined): string | undefined {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return entries.length === 0 ? undefined : entries.map(([key, value]) => `${key}=${value}`).join(',');
}
