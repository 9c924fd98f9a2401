/** Whose fault a failed import is. */
export type Blame =
  /** Nobody can help it: the reference, the image, a limit. */
  | 'final'
  /** The registry it comes from has a bad moment. */
  | 'source'
  /** The cloud's own registry does. */
  | 'own'
  /** Not known. */
  | 'unknown';

const MOST_ATTEMPTS: Record<Blame, number> = { final: 1, source: 8, own: 60, unknown: 3 };
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** When an import is tried again that has now failed for the `attempts`-th time; undefined: it is given up. */
export function retryAfterMs(blame: Blame, attempts: number): number | undefined {
  if (attempts >= MOST_ATTEMPTS[blame]) return undefined;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
}
