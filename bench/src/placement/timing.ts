/** Placements/s in all, and how fast the last thousand was beside the first. */
export interface PlacementSamples extends Record<string, number[]> {
  rate: number[];
  evenness: number[];
}

const EDGE = 1_000;
/** What is done once (connections, plans of statements, reading the fleet) is over when the clock starts. */
export const BEFORE_THE_CLOCK = 500;

/** Has `place` done to all, so many at the same time, and times it. */
export async function timed<T>(
  items: readonly T[],
  concurrency: number,
  place: (item: T) => Promise<void>,
): Promise<PlacementSamples> {
  const placeAll = async (some: Iterator<T> & Iterable<T>, placed: () => void) => {
    const worker = async () => {
      for (const item of some) {
        await place(item);
        placed();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  await placeAll(items.slice(0, BEFORE_THE_CLOCK).values(), () => undefined);
  const doneAt: number[] = [];
  const began = performance.now();
  await placeAll(items.slice(BEFORE_THE_CLOCK).values(), () => doneAt.push(performance.now() - began));
  const at = (n: number) => doneAt[n - 1] ?? 0;
  const total = doneAt.length;
  const [first, last] = [at(EDGE), at(total) - at(total - EDGE)];
  return { rate: [(total / at(total)) * 1000], evenness: [first / last] };
}
