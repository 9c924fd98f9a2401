/** Beats that are compared: some 16 seconds' worth. */
const RECENT = 8;
/** Of fewer nothing is said. */
const ENOUGH = 3;
/** Of the field that tells it; more than three weeks. */
const LARGEST_MS = 2 ** 31 - 1;

/**
 * How far a host's clock is ahead of ours, from when its beats were sent and heard. Each tells that less the time it
 * travelled, so the one that travelled least is believed: a busy machine does not make a clock look wrong.
 */
export class ClockOffset {
  #recent: number[] = [];

  /** ms; negative: behind. Undefined: nothing can be said yet, or its agent does not say when it beat. */
  heard(sentAt: Date | undefined, now = Date.now()): number | undefined {
    if (!sentAt) return undefined;
    this.#recent = [...this.#recent.slice(1 - RECENT), sentAt.getTime() - now];
    if (this.#recent.length < ENOUGH) return undefined;
    return Math.min(LARGEST_MS, Math.max(-LARGEST_MS, ...this.#recent));
  }
}
