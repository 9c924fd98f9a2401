/** Placements/s in all, and how fast the last thousand was beside the first. */
export interface PlacementSamples extends Record<string, number[]> {
  rate: number[];
  evenness: number[];
}

const EDGE = 1_000;

/** Has `place` done to all, so many at the same time, and times it. */
export async function timed<T>(
  items: readonly T[],
  concurrency: number,
  place: (item: T) => Promise<void>,
): Promise<PlacementSamples> {
  const doneAt: number[] = [];
  const waiting = items.values();
  const began = performance.now();
  const worker = async () => {
    for (const item of waiting) {
      await place(item);
      doneAt.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const at = (n: number) => doneAt[n - 1] ?? 0;
  const total = doneAt.length;
  const [first, last] = [at(EDGE), at(total) - at(total - EDGE)];
  return { rate: [(total / at(total)) * 1000], evenness: [first / last] };
}
