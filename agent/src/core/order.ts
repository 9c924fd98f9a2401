import type { Ref } from './thing';

/** What every kind can be ordered to be, besides its own. */
export const ABSENT = 'absent';

/** One thing's whole wanted state, as a controller orders it. */
export interface Order<Spec = unknown> extends Ref {
  readonly generation: number;
  /** Who sent it: "compute/instance". Epochs of one controller say nothing of another's. */
  readonly controller: string;
  /** Of the leader that sent it. */
  readonly epoch: bigint;
  readonly desired: string;
  /** The driver that makes it; empty only in journals of release 0.1.0, and means the host's default. */
  readonly driver: string;
  /** Plain JSON: it stands in the journal. */
  readonly spec: Spec;
}
