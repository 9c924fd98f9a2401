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

/** How often an import has failed, by blame. Absent is zero. */
export type Failures = Readonly<Partial<Record<Blame, number>>>;

const MOST_ATTEMPTS: Record<Blame, number> = { final: 1, source: 8, own: 60, unknown: 3 };
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** One more. Failures of another blame use up none of this one's attempts. */
export const withFailure = (before: Failures, blame: Blame): Failures => ({
  ...before,
  [blame]: (before[blame] ?? 0) + 1,
});

/** When an import is tried again whose last failure was of this blame; undefined: it is given up. */
export function retryAfterMs(blame: Blame, { [blame]: failures = 0 }: Failures): number | undefined {
  if (failures >= MOST_ATTEMPTS[blame]) return undefined;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
}
