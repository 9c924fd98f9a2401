/** What both sides are asked to do. */
export interface ChangeJob {
  /** Rows that change in turn, so that none waits for another's lock. */
  readonly ids: readonly string[];
  readonly projectId: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Milliseconds since 1970, to the microsecond: comparable between processes of one machine. */
export const now = (): number => performance.timeOrigin + performance.now();

/**
 * Begins a change at each tick, whether or not those before have ended: a slow side does not slow down what it is asked.
 * Answers with when each was committed.
 */
export async function changeSteadily(
  { ids, perSecond, seconds }: ChangeJob,
  change: (n: number, id: string) => Promise<void>,
): Promise<number[]> {
  const committed: Promise<number>[] = [];
  const began = performance.now();
  const total = perSecond * seconds;
  while (committed.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond) + 1);
    for (let n = committed.length; n < due; n++)
      committed.push(change(n, ids[n % ids.length] ?? '').then(now));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Promise.all(committed);
}
