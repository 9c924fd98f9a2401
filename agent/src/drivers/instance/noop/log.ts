import type { LogEntry, LogOptions } from '../../../ports/log-driver';
import { Bell } from './bell';

/** What one noop instance has written, its last lines of it. */
const MOST_LINES = 1_000;

export class NoopLog {
  readonly #bell = new Bell();
  #entries: LogEntry[] = [];
  #lastNs = 0n;

  write(line: string, stream: LogEntry['stream'] = 'stdout'): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    this.#lastNs = now > this.#lastNs ? now : this.#lastNs + 1n; // no two lines are written at the same time
    this.#entries.push({ stream, timeNs: this.#lastNs, text: Buffer.from(`${line}\n`) });
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
    let readNs = this.#lastNs;
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
