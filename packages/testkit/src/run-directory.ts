import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@thecloud/engines';

const LOCK_MS = 90_000;

/** The directory of this run of jest; its global teardown ends what runs in it and removes it. */
export function runDirectory(): string {
  const dir = process.env['THECLOUD_TEST_DIR'];
  if (!dir) throw new Error('THECLOUD_TEST_DIR is not set: run the tests by jest, with its global setup');
  return dir;
}

/** One at a time over all workers of the run. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(runDirectory(), `${name}.lock`);
  const took = await until(() => tryLock(lock), LOCK_MS, 20);
  if (!took) throw new Error(`${lock} was not released in ${LOCK_MS / 1000} s; its owner may have crashed`);
  try {
    return await work();
  } finally {
    rmdirSync(lock);
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
