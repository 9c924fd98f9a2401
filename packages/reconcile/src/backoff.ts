/** Exponential with full jitter: the n-th failure waits a random time up to min(cap, base·2ⁿ), at least `base`. */
export function backoffMs(
  attempts: number,
  random: () => number = Math.random,
  baseMs = 200,
  capMs = 60_000,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempts, 20));
  return Math.round(baseMs + random() * (ceiling - baseMs));
}
