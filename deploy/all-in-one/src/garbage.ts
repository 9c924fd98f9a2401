import type { RegistryEngine } from '@thecloud/engines';
import { type Layout, readIfThere, writePrivate } from './layout';

const EVERY_MS = 24 * 3_600_000;
/** Between two tries to open a registry that does not start. */
const REPAIR_PAUSE_MS = 10_000;
/** After a collection that failed; each failure in a row doubles it, up to a day. A try restarts the registry. */
const RETRY_PAUSE_MS = 10 * 60_000;

/**
 * Has the registry free, once a day, what no image names any more, and tries again later if that fails; ends a
 * collection that was killed at once.
 */
export class DailyGarbageCollection {
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  #repairNotBefore = 0;
  #failuresInARow = 0;
  /** Undefined from a failure until the next look. */
  #collectNotBefore: number | undefined = 0;

  constructor(
    private readonly layout: Layout,
    private readonly registry: RegistryEngine,
    private readonly log: (text: string) => void,
  ) {}

  /** Begins what is due; does not wait for it. */
  look(now: Date): void {
    if (this.#running) return;
    if (this.registry.isCutOff()) return this.#repair(now);
    if (this.registry.pid() === undefined) return;
    const last = Date.parse(readIfThere(this.layout.garbageCollected)?.trim() ?? '');
    // A new installation has nothing to free.
    if (Number.isNaN(last)) return noteCollection(this.layout, now);
    if (now.getTime() - last < EVERY_MS) return;
    this.#collectNotBefore ??= now.getTime() + pauseAfter(this.#failuresInARow);
    if (now.getTime() < this.#collectNotBefore) return;
    this.#run("collecting the registry's garbage", () => this.#collect(now));
  }

  /** Noted when it is done: one that fails, or is cut off, is due at once for the next supervisor. */
  async #collect(now: Date): Promise<void> {
    try {
      await this.registry.collectGarbage(this.#ending.signal);
    } catch (error) {
      this.#failuresInARow += 1;
      this.#collectNotBefore = undefined;
      throw error;
    }
    this.#failuresInARow = 0;
    if (!this.#ending.signal.aborted) noteCollection(this.layout, now);
  }

  /** `make collect` was killed: without this, nobody could push an image until the next day. */
  #repair(now: Date): void {
    if (now.getTime() < this.#repairNotBefore) return;
    this.#repairNotBefore = now.getTime() + REPAIR_PAUSE_MS;
    this.#run('ending a collection that was cut off', () => this.registry.start());
  }

  #run(what: string, work: () => Promise<void>): void {
    this.log(what);
    this.#running = work()
      .then(() => this.log(`${what}: done`))
      .catch((error: unknown) => this.log(`${what} failed: ${String(error)}`))
      .finally(() => (this.#running = undefined));
  }

  /** Cuts one off that is under way; the registry is then as before. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}

function pauseAfter(failures: number): number {
  return Math.min(EVERY_MS, RETRY_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
}

export function noteCollection(layout: Layout, now: Date): void {
  writePrivate(layout.garbageCollected, `${now.toISOString()}\n`);
}
