import type { SeenInstance } from './ports/instance-driver';
import { Backoff } from '../../core/backoff';

/** A run this long ends a crash loop, in ms. */
export const STEADY_MS = 60_000;

/**
 * When an instance may be restarted by its policy: at once after a steady run, later and later (1 s to 60 s, with
 * jitter) when it keeps ending. Kept in memory: a new agent gives everybody a fresh start.
 */
export class RestartTimer {
  readonly #backoff = new Backoff(1_000, 60_000);
  /** The exit that `#due` belongs to, so that looking twice at one exit waits once. */
  #exit: number | undefined;
  #due = 0;
  #startedAt = 0;

  /** How much longer to wait, in ms; 0: now. `seen` is undefined for an instance that somebody removed. */
  remaining(seen: SeenInstance | undefined, now: number): number {
    const exit = seen?.finishedAt?.getTime() ?? -1;
    if (this.#exit !== exit) {
      const ranFor = runTime(seen) ?? now - this.#startedAt;
      if (ranFor >= STEADY_MS) this.#backoff.reset();
      const first = this.#backoff.count === 0;
      const wait = this.#backoff.next();
      this.#exit = exit;
      this.#due = first ? now : now + wait;
    }
    return Math.max(0, this.#due - now);
  }

  /** A restart was made: whatever ends next is another exit. */
  started(now: number): void {
    this.#exit = undefined;
    this.#startedAt = now;
  }

  /** Has it ended again and again, soon after each start? */
  get looping(): boolean {
    return this.#backoff.count > 1;
  }
}

/** How long the last run took, in ms; undefined when nobody can tell. */
export function runTime(seen: SeenInstance | undefined): number | undefined {
  if (!seen?.startedAt || !seen.finishedAt) return undefined;
  return Math.max(0, seen.finishedAt.getTime() - seen.startedAt.getTime());
}
