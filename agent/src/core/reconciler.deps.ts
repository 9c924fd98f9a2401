import type { Backoff } from './backoff';
import type { Dependencies } from './dependencies';
import type { Listed } from './driver';
import type { Journal } from './journal';
import type { KindLog } from './kind';
import type { Kinds } from './kinds';
import type { Observations } from './observations';
import type { ThingRecord } from './record';
import type { Ref } from './thing';

/** What making things true takes. */
export interface ReconcilerDeps {
  readonly kinds: Kinds;
  readonly journal: Journal;
  readonly observations: Observations;
  readonly dependencies: Dependencies;
  /** The driver that has it, or is to make it; by name. */
  driverOf(ref: Ref): string;
  /** May it not be started now, because it may run on another host? */
  fenced(record: ThingRecord): boolean;
  /** Something on which these may wait has changed. */
  wake(refs: readonly Ref[]): void;
  now(): number;
  readonly log: KindLog;
}

/** What is remembered of a thing between two looks; losing it costs nothing but patience. */
export interface Memory {
  readonly failures: Backoff;
  /** Generation the failures are about. */
  failing: number;
  lastSeen?: Listed | undefined;
}
