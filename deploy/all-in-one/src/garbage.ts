import type { RegistryEngine } from '@thecloud/engines';
import { type Layout, readIfThere, writePrivate } from './layout';

const EVERY_MS = 24 * 3_600_000;
/** Between two tries to open a registry that does not start. */
const REPAIR_PAUSE_MS = 10_000;

/** Has the registry free, once a day, what no image names any more; ends a collection that was killed at once. */
export class DailyGarbageCollection {
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  #repairNotBefore = 0;

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
    noteCollection(this.layout, now);
    this.#run("collecting the registry's garbage", () => this.registry.collectGarbage(this.#ending.signal));
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

export function noteCollection(layout: Layout, now: Date): void {
  writePrivate(layout.garbageCollected, `${now.toISOString()}\n`);
}
