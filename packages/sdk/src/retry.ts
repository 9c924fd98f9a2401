import { CloudApiError, CloudConnectionError } from './errors';

export interface RetryPolicy {
  /** How often a call is tried again after its first attempt. */
  maxRetries: number;
  /** The first pause, in milliseconds; each later one is twice as long, up to the longest, with jitter. */
  baseDelayMs: number;
  maxDelayMs: number;
  /** A server that asks for a longer pause than this (Retry-After) gets none: the caller is told instead. */
  maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxRetries: 3,
  baseDelayMs: 250,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 10_000,
};

/**
 * How long to wait before trying again, in milliseconds; undefined: the error stands. Safe for mutations too,
 * as every attempt carries the same idempotency key.
 */
export function retryDelayMs(
  error: unknown,
  retriesSoFar: number,
  policy: RetryPolicy = defaultRetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (retriesSoFar >= policy.maxRetries || !passes(error)) return undefined;
  const backoff = backoffMs(retriesSoFar, policy, random);
  const seconds = error instanceof CloudApiError ? error.retryAfterSeconds : undefined;
  if (seconds === undefined) return backoff;
  return seconds * 1000 > policy.maxRetryAfterMs ? undefined : Math.max(backoff, seconds * 1000);
}

export function backoffMs(
  retriesSoFar: number,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number {
  return Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** retriesSoFar) * (0.5 + random() / 2);
}

/** True of what goes away by itself: no answer, a backend that is away, a limit that says when it ends. */
export function passes(error: unknown): boolean {
  if (error instanceof CloudConnectionError) return true;
  if (!(error instanceof CloudApiError)) return false;
  if (error.status === 429) return error.retryAfterSeconds !== undefined;
  return error.status === 502 || error.status === 503 || error.status === 504;
}

/** The Retry-After header (seconds or an HTTP date) in seconds; undefined when absent or unreadable. */
export function parseRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
