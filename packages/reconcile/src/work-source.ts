import type { Epoch } from './reconciler';

/** A key taken out of the queue. `wakes` tells a later save whether somebody woke it meanwhile. */
export interface Claim {
  readonly key: string;
  readonly wakes: number;
  /** Runs that failed in a row before this one. */
  readonly attempts: number;
}

/** A key that is given to its leader by the transaction that made it: nobody has to claim it. */
export interface Handed {
  readonly key: string;
  /** What that transaction wrote: as good as a first look at it. */
  readonly fresh: unknown;
}

/** A leader in this process. */
export interface Taker {
  hasRoom(): boolean;
  /** Works on it at once, also if there is no room any more. */
  take(handed: Handed): void;
}

/**
 * A key that is handed over is stored as due so many ms later: by then it has been put back with another time, its
 * report has been heard, or this process has died.
 */
export const HANDED_MS = 2_000;

/** Where work is kept. Claims are leases: a runner that dies loses its claims by itself. */
export interface WorkSource {
  /** Takes up to `limit` due keys; none if the epoch is not the newest. */
  claim(controller: string, epoch: Epoch, limit: number, leaseMs: number): Promise<Claim[]>;
  /**
   * Puts a key back, due in `afterMs`, or when whoever woke it meanwhile wants it. Answers with how many ms that is from
   * now; Infinity: the key is gone, or somebody else's.
   */
  release(controller: string, epoch: Epoch, claim: Claim, afterMs: number, failed: boolean): Promise<number>;
  /** Calls back soon after somebody enqueued for this controller. A hint: may be early, late, twice or never. */
  onWake(controller: string, wake: () => void): () => void;
  /** Who takes keys that are handed over, until he says that he does no more. */
  onHandOver(controller: string, taker: Taker): () => void;
}

/** Told when this process begins and ends leading a controller. */
export interface Leadership {
  /** Campaigns until closed; `lead` runs while elected, its signal aborts when the term ends. */
  campaign(
    controller: string,
    lead: (epoch: Epoch, signal: AbortSignal) => Promise<void>,
  ): { close(): Promise<void> };
}
