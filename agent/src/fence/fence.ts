import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeDurably, writeDurably } from '../core/atomic-file';
import type { Journal } from '../core/journal';
import type { Kinds } from '../core/kinds';
import { ABSENT } from '../core/order';
import type { ThingRecord } from '../core/record';
import { keyOf } from '../core/thing';
import type { Ref } from '../core/thing';
import type { Acknowledgement } from '../liveness/acknowledgement';
import { bootId, deadlineFile, hasPassed, killedDir, readDeadline } from './deadline';
import type { Deadline } from './deadline';

/** A process that outlives the agent and stops things when the deadline has passed. */
export interface Watchdog {
  /** Has it run. False: it does not, and cannot be started. */
  ensure(): Promise<boolean>;
  /** There is no deadline any more. */
  dismiss(): Promise<void>;
}

export interface FenceDeps {
  readonly dataDir: string;
  readonly journal: Journal;
  readonly kinds: Kinds;
  /** One for each driver that can fence. */
  readonly watchdogs: readonly Watchdog[];
  /** By name: the driver that has it. */
  driverOf(record: ThingRecord): string;
}

/**
 * What keeps a thing from running twice: once this host has been silent for so long that its owner may start it
 * elsewhere, it has stopped here, and only compute's answer to a hello lets it start again.
 */
export class Fence {
  #armedMs = 0;

  private constructor(
    private readonly d: FenceDeps,
    private deadline: Deadline | undefined,
  ) {}

  static async open(d: FenceDeps): Promise<Fence> {
    await mkdir(dirname(deadlineFile(d.dataDir)), { recursive: true, mode: 0o700 });
    const fence = new Fence(d, readDeadline(d.dataDir));
    await fence.#guard();
    await fence.#takeKilled();
    return fence;
  }

  /** The deadline's length while the watchdogs keep it, in ms; 0: there is none, or nobody keeps it. */
  get armedMs(): number {
    return this.#armedMs;
  }

  /** May this thing not be started, because it is or may be another host's? */
  holds(record: ThingRecord): boolean {
    const part = this.d.kinds.find(record.order.kind)?.fence;
    if (!part?.isToRun(record)) return false;
    if (record.notHere === true) return true;
    const leaves = part.restartsElsewhere(record) && part.canFence(this.d.driverOf(record));
    return leaves && hasPassed(this.deadline);
  }

  /** The generation of each order there is of what is fenced, by the thing's key, for a hello. */
  orders(): ReadonlyMap<string, number> {
    return new Map(this.#fenced().map(({ order }) => [keyOf(order), order.generation]));
  }

  /**
   * Compute has answered. Before the deadline, any answer moves it; after it, only the answer to a hello does, because
   * only that says what has been moved away meanwhile. False: say hello.
   */
  async acknowledged({ sentAtMs, greeted, fenceAfterMs, placed }: Acknowledgement): Promise<boolean> {
    if (!greeted && hasPassed(this.deadline)) return false;
    // Before the deadline moves, or a crash in between would let them start.
    if (greeted && placed) await this.#giveAway(placed, greeted);
    if (fenceAfterMs > 0) {
      const next = { bootId: bootId(), atMs: sentAtMs + fenceAfterMs, afterMs: fenceAfterMs };
      await writeDurably(deadlineFile(this.d.dataDir), JSON.stringify(next));
      this.deadline = next;
    } else if (this.deadline) {
      await removeDurably(deadlineFile(this.d.dataDir));
      this.deadline = undefined;
    }
    await this.#guard();
    if (greeted) await this.#takeKilled();
    return true;
  }

  async #guard(): Promise<void> {
    const { watchdogs } = this.d;
    if (!this.deadline) await Promise.all(watchdogs.map((one) => one.dismiss()));
    const kept = this.deadline && (await Promise.all(watchdogs.map((one) => one.ensure()))).every(Boolean);
    this.#armedMs = kept && watchdogs.length > 0 ? (this.deadline?.afterMs ?? 0) : 0;
  }

  /** Only what was ordered before the hello: a newer order says that it is here again. */
  async #giveAway(placed: ReadonlySet<string>, orders: ReadonlyMap<string, number>): Promise<void> {
    for (const { order } of this.#fenced()) {
      if (placed.has(order.id)) continue;
      await this.d.journal.update(order, (now) =>
        now && now.order.generation === orders.get(keyOf(order)) && !now.notHere
          ? { ...now, notHere: true }
          : now,
      );
    }
  }

  #fenced(): ThingRecord[] {
    const { journal, kinds } = this.d;
    return journal
      .all()
      .filter(({ order }) => order.desired !== ABSENT && kinds.find(order.kind)?.fence !== undefined);
  }

  /** What a watchdog killed did not end by itself: its order is to be carried out again. */
  async #takeKilled(): Promise<void> {
    const dir = killedDir(this.d.dataDir);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const id of await readdir(dir)) {
      const kind = this.d.kinds.all().find((one) => one.fence && one.isId(id));
      const ref: Ref | undefined = kind && { kind: kind.name, id };
      if (ref) await this.d.journal.update(ref, (now) => now && (kind?.fence?.killed(now) ?? now));
      await rm(join(dir, id), { force: true });
    }
  }
}
