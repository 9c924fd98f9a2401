/** The value that this share (0 to 100) of all values do not exceed, by nearest rank. Not defined for no values. */
export const percentile =
  (share: number) =>
  (values: readonly number[]): number => {
    const sorted = Float64Array.from(values).sort();
    const value = sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
    if (value === undefined) throw new Error('there is nothing to take a percentile of');
    return value;
  };

/** The middle one; of an even number the lower. */
export const median = percentile(50);

/** How far apart the rounds were: half the distance from the least to the largest, as a share of the middle one. */
export function spread(perRound: readonly number[]): number {
  const middle = median(perRound);
  return middle === 0 ? 0 : (Math.max(...perRound) - Math.min(...perRound)) / 2 / middle;
}
