import { passing } from '@thecloud/kernel';
import { backoffMs } from './backoff';
import type { Epoch, Reconciler } from './reconciler';
import { HANDED_MS } from './work-source';
import type { Claim, Handed, Leadership, WorkSource } from './work-source';

/** What a runner tells the outside. All of it exists from the start, so a dashboard never misses a series. */
export interface RunnerObserver {
  ran(controller: string, result: 'settled' | 'again' | 'error', durationMs: number): void;
  failed(controller: string, key: string, attempts: number, cause: unknown): void;
  leading(controller: string, epoch: Epoch | undefined): void;
}

export interface RunnerDeps {
  readonly source: WorkSource;
  readonly leadership: Leadership;
  readonly observer: RunnerObserver;
}

/** Without a hint, a due key is found this late at worst, in milliseconds. */
const LONGEST_NAP_MS = 2_000;

/** Runs one reconciler wherever this process is its leader. */
export class Runner {
  readonly #campaign: { close(): Promise<void> };

  constructor(
    private readonly reconciler: Reconciler,
    private readonly deps: RunnerDeps,
  ) {
    this.#campaign = deps.leadership.campaign(reconciler.name, (epoch, signal) => this.#lead(epoch, signal));
  }

  /** Gives up leadership after what is running has ended. */
  close(): Promise<void> {
    return this.#campaign.close();
  }

  async #lead(epoch: Epoch, signal: AbortSignal): Promise<void> {
    const { name } = this.reconciler;
    const bell = new Bell();
    const stopListening = this.deps.source.onWake(name, () => bell.ring());
    signal.addEventListener('abort', () => bell.ring(), { once: true });
    /** By key, what runs or is to run last of it. */
    const running = new Map<string, Promise<void>>();
    const full = () => running.size >= this.reconciler.concurrency;
    const start = (claim: Claim, handed?: Handed) => {
      const { key } = claim;
      const before = running.get(key) ?? Promise.resolve();
      const run: Promise<void> = before
        .then(() => this.#run(claim, epoch, signal, handed))
        .then((dueMs) => {
          const wasFull = full();
          if (running.get(key) === run) running.delete(key);
          bell.ringIn(wasFull ? 0 : dueMs);
        });
      running.set(key, run);
    };
    const stopTaking = this.deps.source.onHandOver(name, {
      hasRoom: () => !full(),
      take: (handed) => {
        passing('work handed over', name);
        start({ key: handed.key, wakes: 1, attempts: 0 }, handed);
      },
    });
    this.deps.observer.leading(name, epoch);
    try {
      while (!signal.aborted) {
        const free = this.reconciler.concurrency - running.size;
        const claims = free > 0 ? await this.#claim(epoch, free) : [];
        for (const claim of claims) start(claim);
        if (claims.length < free || free <= 0) await bell.wait(LONGEST_NAP_MS);
      }
    } finally {
      stopListening();
      stopTaking();
      await Promise.allSettled(running.values());
      this.deps.observer.leading(name, undefined);
    }
  }

  async #claim(epoch: Epoch, limit: number): Promise<Claim[]> {
    try {
      return await this.deps.source.claim(
        this.reconciler.name,
        epoch,
        limit,
        this.reconciler.deadlineMs + 5_000,
      );
    } catch (cause) {
      this.deps.observer.failed(this.reconciler.name, '(claim)', 0, cause);
      return [];
    }
  }

  /** Answers with when the key is due again, in ms. */
  async #run(claim: Claim, epoch: Epoch, leaderSignal: AbortSignal, handed?: Handed): Promise<number> {
    const { name, resyncMs, deadlineMs } = this.reconciler;
    const started = performance.now();
    let afterMs = resyncMs;
    let result: 'settled' | 'again' | 'error' = 'settled';
    if (!handed) passing('work claimed', name);
    try {
      const signal = AbortSignal.any([leaderSignal, AbortSignal.timeout(deadlineMs)]);
      const outcome = await this.reconciler.reconcile(claim.key, {
        ...{ epoch, signal },
        ...(handed ? { fresh: handed.fresh } : {}),
      });
      if (outcome.kind === 'again') [result, afterMs] = ['again', outcome.afterMs];
    } catch (cause) {
      [result, afterMs] = ['error', backoffMs(claim.attempts)];
      this.deps.observer.failed(name, claim.key, claim.attempts + 1, cause);
    }
    this.deps.observer.ran(name, result, performance.now() - started);
    passing('work done', name);
    if (handed && afterMs >= HANDED_MS) return Infinity; // as it is stored
    try {
      const dueMs = await this.deps.source.release(name, epoch, claim, afterMs, result === 'error');
      passing('work released', name);
      return dueMs;
    } catch (cause) {
      this.deps.observer.failed(name, claim.key, claim.attempts, cause); // the claim's lease runs out and the key comes back
      return Infinity;
    }
  }
}

/** A nap that a ring ends. A ring before the nap is remembered, so no wake-up is lost between check and sleep. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** What is further away than any nap is found without it. */
  ringIn(ms: number): void {
    if (ms <= 0) this.ring();
    else if (ms < LONGEST_NAP_MS) setTimeout(() => this.ring(), Math.ceil(ms) + 1).unref();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
    }
    this.#rung = false;
    this.#wake = undefined;
  }
}
