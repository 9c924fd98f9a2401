import type { LogEntry, LogOptions } from '../../ports/log-driver';
import { Bell } from './bell';

/** Lines that are kept of each instance, the last. */
const MOST_LINES = 1_000;

let lastNs = 0n;

/**
 * The time, in nanoseconds since 1970; never the same twice, in whatever log: an instance's next container writes later
 * than the one before, also within the same millisecond.
 */
function nextNs(): bigint {
  const now = BigInt(Date.now()) * 1_000_000n;
  return (lastNs = now > lastNs ? now : lastNs + 1n);
}

/** What one noop instance has written. */
export class NoopLog {
  readonly #bell = new Bell();
  #entries: LogEntry[] = [];

  write(line: string, stream: LogEntry['stream'] = 'stdout'): void {
    this.#entries.push({ stream, timeNs: nextNs(), text: Buffer.from(`${line}\n`) });
    if (this.#entries.length > MOST_LINES) this.#entries.shift();
    this.#bell.ring();
  }

  tail(maxBytes: number): string {
    const text = Buffer.concat(this.#entries.slice(-20).map((e) => e.text)).toString();
    return text.trim().slice(-maxBytes);
  }

  /** @param live whether more may come: while it is so, a follower waits */
  async *read(
    { tail, afterNs = 0n, follow }: LogOptions,
    live: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry[]> {
    const later = (ns: bigint) => this.#entries.filter((e) => e.timeNs > ns);
    const last = tail === undefined ? this.#entries : tail === 0 ? [] : this.#entries.slice(-tail);
    let batch = last.filter((e) => e.timeNs > afterNs);
    let readNs = this.#entries.at(-1)?.timeNs ?? 0n;
    for (;;) {
      if (batch.length > 0) yield batch;
      if (signal.aborted) return;
      batch = later(readNs);
      readNs = batch.at(-1)?.timeNs ?? readNs;
      if (batch.length > 0 && follow) continue;
      if (!follow || !live()) return;
      await this.#bell.heard(signal);
    }
  }

  /** Nothing more comes in this run. */
  end(): void {
    this.#bell.ring();
  }

  get followers(): number {
    return this.#bell.listeners;
  }
}
