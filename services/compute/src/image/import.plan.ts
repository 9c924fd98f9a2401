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

/** Where the failures of each blame stand in the one number that is stored: two decimal digits each. */
const PLACE: Record<Blame, number> = { own: 1, source: 100, unknown: 10_000, final: 1_000_000 };

/** The failures of one blame among all that were counted. */
export const failuresOf = (counted: number, blame: Blame): number => Math.floor(counted / PLACE[blame]) % 100;

/** One more. Failures of another blame use up none of this one's attempts. */
export const countFailure = (counted: number, blame: Blame): number => counted + PLACE[blame];

/** When an import is tried again whose last failure was of this blame; undefined: it is given up. */
export function retryAfterMs(blame: Blame, counted: number): number | undefined {
  const failures = failuresOf(counted, blame);
  if (failures >= MOST_ATTEMPTS[blame]) return undefined;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
}
