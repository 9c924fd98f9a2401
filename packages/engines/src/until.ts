import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until `condition` holds (true) or `timeoutMs` has passed (false). */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 25,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) return false;
    await delay(everyMs);
  }
  return true;
}
