export { backoffMs } from './backoff';
export { again, settled } from './reconciler';
export type { Epoch, Outcome, Reconciler, Term } from './reconciler';
export { Runner } from './runner';
export type { RunnerDeps, RunnerObserver } from './runner';
export type { Claim, Leadership, WorkSource } from './work-source';
