/** How often a call is tried again after its first attempt. */
const maxRetries = 3;
const baseDelayMs = 250;
const maxDelayMs = 5_000;
/** A server that asks for a longer pause than this gets none: the user is told instead. */
const maxRetryAfterMs = 10_000;

/** What an attempt came to: no answer at all, or one with this status. */
export type Attempt = { kind: 'no-answer' } | { kind: 'answer'; status: number; retryAfterMs?: number };

/**
 * How long to wait before trying again, in milliseconds; undefined: the attempt's outcome stands.
 * Safe for mutations too, as every attempt carries the same idempotency key.
 */
export function retryDelayMs(
  attempt: Attempt,
  retriesSoFar: number,
  random = Math.random,
): number | undefined {
  if (retriesSoFar >= maxRetries || !passes(attempt)) return undefined;
  const backoff = Math.min(maxDelayMs, baseDelayMs * 2 ** retriesSoFar) * (0.5 + random() / 2);
  if (attempt.kind === 'no-answer' || attempt.retryAfterMs === undefined) return backoff;
  return attempt.retryAfterMs > maxRetryAfterMs ? undefined : Math.max(backoff, attempt.retryAfterMs);
}

function passes(attempt: Attempt): boolean {
  if (attempt.kind === 'no-answer') return true;
  if (attempt.status === 429) return attempt.retryAfterMs !== undefined;
  return attempt.status === 502 || attempt.status === 503 || attempt.status === 504;
}

/** The Retry-After header (seconds or an HTTP date) in milliseconds; undefined when absent or unreadable. */
export function parseRetryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
