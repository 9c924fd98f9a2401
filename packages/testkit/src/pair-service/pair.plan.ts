import type { Broken, Wait } from '@thecloud/reconcile';

/** How one instance of a pair stands. */
export interface ChildSeen {
  readonly id: string;
  readonly state: 'gone' | 'unknown' | (string & {});
  /** The present step of its operation. */
  readonly step: string;
  readonly broken?: Broken | undefined;
}

export interface PairPlan {
  readonly state: 'making' | 'running' | 'failed' | 'deleting';
  /** Nothing is left of it. */
  readonly purge: boolean;
  readonly waits: readonly Wait[];
  readonly broken?: Broken;
}

/** A pair runs when both run; it is purged when both are gone; one that fails fails the pair. */
export function plan(desired: 'running' | 'absent', children: readonly ChildSeen[]): PairPlan {
  const until = desired === 'running' ? 'running' : 'gone';
  const waits = children
    .filter(({ state }) => state !== until)
    .map(({ id, state, step }) => ({ kind: 'instance', id, until, now: step ? `${state}: ${step}` : state }));
  if (desired === 'absent') return { state: 'deleting', purge: waits.length === 0, waits };
  const broken = children.find((child) => child.broken)?.broken;
  if (broken) return { state: 'failed', purge: false, waits: [], broken };
  return { state: waits.length === 0 ? 'running' : 'making', purge: false, waits };
}
