/** Return to say when to look again; throw to be retried with backoff. There is no third way. */
export type Outcome = { readonly kind: 'settled' } | { readonly kind: 'again'; readonly afterMs: number };
export const settled: Outcome = { kind: 'settled' };
export const again = (afterMs: number): Outcome => ({ kind: 'again', afterMs });

/** A leader's term: the create revision of its election key. Every write and command carries it. */
export type Epoch = bigint;

/** The key is all a reconciler gets, unless it is just made. It never learns which event woke it. */
export interface Reconciler<Key extends string = string> {
  readonly name: string;
  /** Looked at this often even if nobody nudged it, in milliseconds. */
  readonly resyncMs: number;
  /** One run may take this long, in milliseconds; its signal aborts then. */
  readonly deadlineMs: number;
  /** Keys worked on at the same time; one key never twice. */
  readonly concurrency: number;
  /** Keys that are there from the service's start on, without anybody who wakes it. */
  readonly standing?: readonly Key[];
  reconcile(key: Key, term: Term): Promise<Outcome>;
}

/** What a run may rely on: whose term it is, and when to stop. */
export interface Term {
  readonly epoch: Epoch;
  readonly signal: AbortSignal;
  /** Of a key that was handed over: what its transaction wrote. By now it may be otherwise. */
  readonly fresh?: unknown;
}
