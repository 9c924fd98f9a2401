import type { Epoch } from './reconciler';

/** A key taken out of the queue. `wakes` tells a later save whether somebody woke it meanwhile. */
export interface Claim {
  readonly key: string;
  readonly wakes: number;
  /** Runs that failed in a row before this one. */
  readonly attempts: number;
}

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
}

/** Told when this process begins and ends leading a controller. */
export interface Leadership {
  /** Campaigns until closed; `lead` runs while elected, its signal aborts when the term ends. */
  campaign(
    controller: string,
    lead: (epoch: Epoch, signal: AbortSignal) => Promise<void>,
  ): { close(): Promise<void> };
}
