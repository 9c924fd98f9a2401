import type { Wakes } from '@thecloud/service-kit';

/** Looks again at least this often: a hint may be lost. */
const LOOK_EVERY_MS = 5_000;

/**
 * Yields what `look` finds, and again whenever its version is another; ends when it is gone or the caller is.
 * Hints only say when to look, so a lost one costs time and a repeated one nothing.
 */
export async function* watchVersions<T extends { version: number }>(
  wakes: Wakes,
  id: string,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
): AsyncGenerator<T> {
  const bell = bellOf(wakes, `changed-${id}`, signal);
  try {
    let last: number | undefined;
    while (!signal.aborted) {
      const heard = bell.next(LOOK_EVERY_MS); // listen first, then look: nothing falls between
      const found = await look();
      if (!found) return;
      if (found.version !== last) {
        last = found.version;
        yield found;
      }
      await heard;
    }
  } finally {
    bell.close();
  }
}

/** Hears rings; one that comes while nobody waits is kept. */
export function bellOf(
  wakes: Wakes,
  topic: string,
  signal: AbortSignal,
): { next(ms: number): Promise<void>; close(): void } {
  let waiting: (() => void) | undefined;
  const ring = () => waiting?.();
  const stop = wakes.listen(topic, ring);
  signal.addEventListener('abort', ring, { once: true });
  return {
    next: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    close: () => {
      stop();
      ring();
      signal.removeEventListener('abort', ring);
    },
  };
}
