import type { RegistryEngine } from '@thecloud/engines';
import { type Layout, readIfThere, writePrivate } from './layout';

const EVERY_MS = 24 * 3_600_000;

/** Has the registry free, once a day, what no image names any more. */
export class DailyGarbageCollection {
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly layout: Layout,
    private readonly registry: RegistryEngine,
    private readonly log: (text: string) => void,
  ) {}

  /** Begins one if it is due and the registry runs; does not wait for it. */
  look(now: Date): void {
    if (this.#running || this.registry.pid() === undefined) return;
    const last = Date.parse(readIfThere(this.layout.garbageCollected) ?? '');
    // A new installation has nothing to free.
    if (Number.isNaN(last)) return noteCollection(this.layout, now);
    if (now.getTime() - last < EVERY_MS) return;
    noteCollection(this.layout, now);
    this.log("collecting the registry's garbage");
    this.#running = this.registry
      .collectGarbage(this.#ending.signal)
      .then(() => this.log("collected the registry's garbage"))
      .catch((error: unknown) => this.log(`collecting the registry's garbage failed: ${String(error)}`))
      .finally(() => (this.#running = undefined));
  }

  /** Cuts one off that is under way; the registry is then as before. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}

export function noteCollection(layout: Layout, now: Date): void {
  writePrivate(layout.garbageCollected, `${now.toISOString()}\n`);
}
