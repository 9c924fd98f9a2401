import type { Changes } from '@thecloud/service-kit';

/** Rings when an instance changes; resolves after `ms` at the latest. */
export function bellOf(
  changes: Changes,
  projectId: string,
  id: string,
  signal: AbortSignal,
): { next(ms: number): Promise<void>; close(): void } {
  let waiting: (() => void) | undefined;
  const ring = () => waiting?.();
  const stop = changes.listen('instance', projectId, (changed) => {
    if (changed === undefined || changed === id) ring();
  });
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
