import type { LogOptions } from '../../ports/log-driver';
import { entryOf } from './log-record';
import type { LogRecord } from './log-record';

/** Where a reader begins: in which of the files, and where in it. */
export interface LogStart {
  readonly file: number;
  readonly offset: number;
}

/** The records of a file, from its beginning. */
export type ReadFile = () => AsyncIterable<LogRecord[]>;

/** Behind what the reader has already, and at its last lines, whichever is later. `files`: oldest first. */
export async function startOfLog(
  files: readonly ReadFile[],
  { tail, afterNs }: Pick<LogOptions, 'tail' | 'afterNs'>,
): Promise<LogStart> {
  let start: LogStart = { file: 0, offset: 0 };
  if (tail !== undefined) start = later(start, await lastRecords(files, tail));
  if (afterNs !== undefined) start = later(start, await recordsAfter(files, afterNs));
  return start;
}

const later = (a: LogStart, b: LogStart) =>
  a.file > b.file || (a.file === b.file && a.offset > b.offset) ? a : b;

async function lastRecords(files: readonly ReadFile[], count: number): Promise<LogStart> {
  let missing = count;
  for (const [file, read] of [...files.entries()].reverse()) {
    const starts: number[] = [];
    let end = 0;
    for await (const records of read()) {
      for (const record of records) starts.push(record.at);
      end = records.at(-1)?.end ?? end;
    }
    if (missing <= starts.length) return { file, offset: starts[starts.length - missing] ?? end };
    missing -= starts.length;
  }
  return { file: 0, offset: 0 };
}

/**
 * Behind the record of exactly that time, for that is the one that the reader had last: the records of two streams may
 * be dated in another order than they stand. Where there is none, at the first one that is later.
 */
async function recordsAfter(files: readonly ReadFile[], afterNs: bigint): Promise<LogStart> {
  let start: LogStart | undefined;
  for (const [file, read] of [...files.entries()].reverse()) {
    let known: number | undefined;
    let firstLater: number | undefined;
    let end = 0;
    let begins: bigint | undefined;
    for await (const records of read()) {
      for (const record of records) {
        const { timeNs } = entryOf(record);
        begins ??= timeNs;
        if (timeNs === afterNs) known = record.end;
        if (timeNs > afterNs) firstLater ??= record.at;
        end = record.end;
      }
    }
    if (known !== undefined) return { file, offset: known };
    if (begins === undefined) continue;
    if (begins <= afterNs)
      return start && firstLater === undefined ? start : { file, offset: firstLater ?? end };
    start = { file, offset: 0 };
  }
  return start ?? { file: 0, offset: 0 };
}
