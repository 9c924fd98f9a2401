import { setTimeout as pause } from 'node:timers/promises';
import type { Observations } from '../../../core/observations';
import type { InstanceDriver } from '../ports/instance-driver';
import type { LogDriver, LogEntry, LogOptions } from '../ports/log-driver';

export interface FollowDeps {
  readonly driver: InstanceDriver & LogDriver;
  readonly observations: Observations;
  /** Is the instance (still) one of this host? */
  here(id: string): boolean;
}

/** Looks again at least this often; an observation says at once when to. In ms. */
const LOOK_EVERY_MS = 5_000;
/** Between two openings of a log that ends at once, in ms. */
const REOPEN_MS = 100;

/**
 * An instance's log; followed, over its restarts and the containers it gets, until it is no longer of this host. Each
 * new reading begins exactly behind the last line read.
 */
export async function* followLogs(
  d: FollowDeps,
  id: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[]> {
  const { tail, follow } = options;
  // Nothing of before: a log that stays empty for a while must not bring it back when it is read anew.
  let afterNs = follow && tail === 0 ? BigInt(Date.now()) * 1_000_000n : options.afterNs;
  for (let first = true; ; first = false) {
    const run = (await d.driver.inspect(id))?.startedAt?.getTime();
    const from = { follow, ...(first && { tail }), ...(afterNs !== undefined && { afterNs }) };
    for await (const batch of d.driver.logs(id, from, signal)) {
      afterNs = batch.at(-1)?.timeNs ?? afterNs;
      yield batch;
    }
    if (!follow || !(await anotherRun(d, id, run, signal))) return;
  }
}

/** Waits until it runs again, or has run meanwhile. False: it is no longer here, or the reader is gone. */
async function anotherRun(
  d: FollowDeps,
  id: string,
  run: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  await pause(REOPEN_MS, undefined, { signal }).catch(() => undefined); // aborted: seen below
  while (!signal.aborted && d.here(id)) {
    const changed = change(d.observations, id, signal); // listen first, then look: nothing falls between
    const seen = await d.driver.inspect(id);
    if (seen && (seen.phase === 'running' || seen.startedAt?.getTime() !== run)) {
      changed.stop();
      return true;
    }
    await changed.heard;
  }
  return false;
}

function change(
  observations: Observations,
  id: string,
  signal: AbortSignal,
): { heard: Promise<void>; stop(): void } {
  let stop = () => {};
  const heard = new Promise<void>((resolve) => {
    const timer = setTimeout(() => stop(), LOOK_EVERY_MS);
    const unsubscribe = observations.subscribe((observation) => {
      if (observation.id === id) stop();
    });
    stop = () => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', stop);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return { heard, stop: () => stop() };
}
