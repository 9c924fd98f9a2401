import type { LogEntry } from '../ports/log-driver';

export interface LogChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
  /** When its first and its last line were written, in nanoseconds since 1970. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

const MOST_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/** Joins neighbouring lines of one stream, so that a busy log costs a message a batch and not one a line. */
export class LogChunker {
  /** Streams whose last piece ended without a line feed. */
  readonly #unfinished = new Set<LogEntry['stream']>();

  constructor(private readonly timestamps: boolean) {}

  *chunks(entries: readonly LogEntry[]): Generator<LogChunk> {
    let pieces: Buffer[] = [];
    let bytes = 0;
    let first: LogEntry | undefined;
    let last: LogEntry | undefined;
    const joined = (): LogChunk[] =>
      first && last
        ? [{ stream: first.stream, data: Buffer.concat(pieces), firstNs: first.timeNs, lastNs: last.timeNs }]
        : [];
    for (const entry of entries) {
      const piece = this.#dated(entry);
      if (first && (first.stream !== entry.stream || bytes + piece.length > MOST_BYTES)) {
        yield* joined();
        [pieces, bytes, first] = [[], 0, undefined];
      }
      first ??= entry;
      last = entry;
      pieces.push(piece);
      bytes += piece.length;
    }
    yield* joined();
  }

  #dated({ stream, timeNs, text }: LogEntry): Buffer {
    const begins = !this.#unfinished.has(stream);
    if (text.at(-1) === LINE_FEED) this.#unfinished.delete(stream);
    else this.#unfinished.add(stream);
    return this.timestamps && begins ? Buffer.concat([Buffer.from(`${rfc3339(timeNs)} `), text]) : text;
  }
}

/** With all nine digits, so that lines stay aligned and sort. */
export function rfc3339(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}
