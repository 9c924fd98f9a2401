import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeDurably, writeDurably } from '../core/atomic-file';
import type { Journal } from '../core/journal';
import type { InstanceRecord } from '../core/record';
import type { Acknowledgement } from '../liveness/beats';
import { bootId, deadlineFile, hasPassed, killedDir, readDeadline } from './deadline';
import type { Deadline } from './deadline';

/** A process that outlives the agent and stops instances when the deadline has passed. */
export interface Watchdog {
  /** Has it run. False: it does not, and cannot be started. */
  ensure(): Promise<boolean>;
  /** There is no deadline any more. */
  dismiss(): Promise<void>;
}

/**
 * What keeps an instance from running twice: once this host has been silent for so long that compute may start its
 * instances elsewhere, they have stopped here, and only compute's answer to a hello lets them start again.
 */
export class Fence {
  #armedMs = 0;

  private constructor(
    private readonly dataDir: string,
    private readonly journal: Journal,
    private readonly watchdog: Watchdog,
    private deadline: Deadline | undefined,
  ) {}

  static async open(dataDir: string, journal: Journal, watchdog: Watchdog): Promise<Fence> {
    await mkdir(dirname(deadlineFile(dataDir)), { recursive: true, mode: 0o700 });
    const fence = new Fence(dataDir, journal, watchdog, readDeadline(dataDir));
    await fence.#guard();
    await fence.#takeKilled();
    return fence;
  }

  /** The deadline's length while the watchdog keeps it, in ms; 0: there is none, or nobody keeps it. */
  get armedMs(): number {
    return this.#armedMs;
  }

  /** May this instance not be started, because it is or may be another host's? */
  holds({ order, notHere }: InstanceRecord): boolean {
    if (order.desired !== 'running') return false;
    return notHere === true || (order.config?.onHostLoss !== 'keep' && hasPassed(this.deadline));
  }

  /** The generation of each order there is, for a hello. */
  orders(): ReadonlyMap<string, number> {
    return new Map(this.journal.all().map(({ order }) => [order.instanceId, order.generation]));
  }

  /**
   * Compute has answered. Before the deadline, any answer moves it; after it, only the answer to a hello does, because
   * only that says what has been moved away meanwhile. False: say hello.
   */
  async acknowledged({ sentAtMs, greeted, fenceAfterMs, notHere }: Acknowledgement): Promise<boolean> {
    if (!greeted && hasPassed(this.deadline)) return false;
    // Before the deadline moves, or a crash in between would let them start.
    if (greeted) await this.#giveAway(notHere, greeted);
    if (fenceAfterMs > 0) {
      const next = { bootId: bootId(), atMs: sentAtMs + fenceAfterMs, afterMs: fenceAfterMs };
      await writeDurably(deadlineFile(this.dataDir), JSON.stringify(next));
      this.deadline = next;
    } else if (this.deadline) {
      await removeDurably(deadlineFile(this.dataDir));
      this.deadline = undefined;
    }
    await this.#guard();
    if (greeted) await this.#takeKilled();
    return true;
  }

  async #guard(): Promise<void> {
    if (!this.deadline) await this.watchdog.dismiss();
    this.#armedMs = this.deadline && (await this.watchdog.ensure()) ? this.deadline.afterMs : 0;
  }

  /** Only what was ordered before the hello: a newer order says that it is here again. */
  async #giveAway(notHere: readonly string[], orders: ReadonlyMap<string, number>): Promise<void> {
    for (const id of notHere)
      await this.journal.update(id, (now) =>
        now && now.order.generation === orders.get(id) ? { ...now, notHere: true } : now,
      );
  }

  /** What the watchdog killed did not end by itself: its order is to be carried out again, whatever its restart policy. */
  async #takeKilled(): Promise<void> {
    const dir = killedDir(this.dataDir);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const id of await readdir(dir)) {
      await this.journal.update(
        id,
        (now) => now && { ...now, done: { generation: 0, restartNonce: now.order.restartNonce } },
      );
      await rm(join(dir, id), { force: true });
    }
  }
}
