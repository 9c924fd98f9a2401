import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { LogEntry } from '../../ports/log-driver';

/** Of the length that stands before and after each record. */
const LENGTH_BYTES = 4;
/** Docker cuts a line into pieces of 16 KiB; a record that claims more than this is damaged. */
const MOST_BYTES = 1 << 20;
const LINE_FEED = Buffer.from('\n');

/** Fields of a record: moby/api/types/plugins/logdriver/entry.proto. */
const FIELD = { source: 1, timeNano: 2, line: 3, partial: 4, piece: 5 } as const;
const PIECE_LAST = 1;

export interface LogRecord {
  /** Where it begins in its file. */
  readonly at: number;
  /** Where the next one begins. */
  readonly end: number;
  readonly bytes: Buffer;
}

/** Takes the bytes of a log file of Docker's "local" driver apart: length, record, length again. */
export class LogRecordParser {
  #rest: Buffer = Buffer.alloc(0);
  #restAt: number;

  constructor(offset = 0) {
    this.#restAt = offset;
  }

  /** Where in the file the bytes begin that it wants next. */
  get offset(): number {
    return this.#restAt + this.#rest.length;
  }

  /** The records that are whole by now. @throws Error when it is no such file, or damaged */
  push(chunk: Buffer): LogRecord[] {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const records: LogRecord[] = [];
    let at = 0;
    for (let end = endOf(bytes, at); end !== undefined; end = endOf(bytes, at)) {
      const record = bytes.subarray(at + LENGTH_BYTES, end - LENGTH_BYTES);
      records.push({ at: this.#restAt + at, end: this.#restAt + end, bytes: record });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    this.#restAt += at;
    return records;
  }
}

/** Where the record at `at` ends; undefined: it is not whole yet. */
function endOf(bytes: Buffer, at: number): number | undefined {
  if (at + LENGTH_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  if (length > MOST_BYTES) throw new Error('The log file is damaged: a record is too long');
  const end = at + length + 2 * LENGTH_BYTES;
  if (end > bytes.length) return undefined;
  if (bytes.readUInt32BE(end - LENGTH_BYTES) !== length)
    throw new Error('The log file is damaged: a record has two lengths');
  return end;
}

/**
 * What was written. Docker's API leaves out the line feed behind a line that it had cut into pieces; here it is.
 * @throws Error when the record is damaged
 */
export function entryOf(record: LogRecord): LogEntry {
  const reader = new BinaryReader(record.bytes);
  let stream: LogEntry['stream'] = 'stdout';
  let timeNs = 0n;
  let text: Uint8Array = new Uint8Array();
  let endsLine = true;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === FIELD.source) stream = reader.string() === 'stderr' ? 'stderr' : 'stdout';
    else if (field === FIELD.timeNano) timeNs = BigInt(reader.int64());
    else if (field === FIELD.line) text = reader.bytes();
    else if (field === FIELD.partial) endsLine = !reader.bool();
    else if (field === FIELD.piece) endsLine = isLast(reader.bytes());
    else reader.skip(wireType);
  }
  return { stream, timeNs, text: Buffer.concat(endsLine ? [text, LINE_FEED] : [text]) };
}

function isLast(piece: Uint8Array): boolean {
  const reader = new BinaryReader(piece);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === PIECE_LAST) return reader.bool();
    reader.skip(wireType);
  }
  return false;
}
