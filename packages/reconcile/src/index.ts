export { backoffMs } from './backoff';
export { again, settled } from './reconciler';
export type { Epoch, Outcome, Reconciler, Term } from './reconciler';
export { Runner } from './runner';
export type { RunnerDeps, RunnerObserver } from './runner';
export { waitsInWords } from './wait';
export type { Broken, Wait } from './wait';
export { HANDED_MS } from './work-source';
export type { Claim, Handed, Leadership, Taker, WorkSource } from './work-source';
