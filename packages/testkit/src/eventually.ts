import { setTimeout as pause } from 'node:timers/promises';

/** Looks until it finds something true, and answers with that. Fails after `ms`, naming what it waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  ms = 60_000,
): Promise<NonNullable<T>> {
  for (const giveUp = performance.now() + ms; ;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > giveUp) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await pause(20);
  }
}
