/** Records of a PAX extended header (POSIX.1-2001, pax): "LENGTH KEY=VALUE\n", the length counting itself. */
export type PaxRecords = ReadonlyMap<string, string>;

const NO_NUL = new Set(['path', 'linkpath', 'uname', 'gname']);
const NUMBERS = new Set(['uid', 'gid', 'size']);
const TIMES = new Set(['mtime', 'atime', 'ctime']);

/**
 * Parses what Go's archive/tar (the reader of Docker and containerd) accepts; undefined for anything else. Bytes are
 * kept as they are: each character of a value is one byte.
 */
export function parsePax(bytes: Buffer): PaxRecords | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    if (space < 0 || !/^\d{1,9}$/.test(digits) || end <= space + 1 || end > bytes.length) return undefined;
    if (bytes[end - 1] !== 0x0a) return undefined;
    const record = bytes.toString('latin1', space + 1, end - 1);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (equals < 1 || !isValid(key, value)) return undefined;
    // An empty value takes an earlier one back.
    if (value === '') records.delete(key);
    else records.set(key, value);
    at = end;
  }
  return records;
}

function isValid(key: string, value: string): boolean {
  if (key.includes('\0') || (NO_NUL.has(key) && value.includes('\0'))) return false;
  if (value === '') return true;
  if (NUMBERS.has(key)) return /^[+-]?\d{1,19}$/.test(value);
  if (TIMES.has(key)) return /^-?\d+(\.\d*)?$/.test(value);
  return true;
}
