import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs `work` while this process holds the lock of `file`; undefined when it could not be had within `waitMs`.
 * flock(2) locks the open file, which the program flock shares with us: the lock outlives that program, and the kernel
 * releases it when we end, also by kill -9. Two calls in one process exclude each other, too.
 */
export async function underLock<T>(
  file: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const opened = openSync(file, 'a', 0o600);
  try {
    const flock = spawn('/usr/bin/flock', ['--exclusive', '--wait', String(waitMs / 1000), '3'], {
      stdio: ['ignore', 'ignore', 'ignore', opened],
    });
    const [code] = (await once(flock, 'exit')) as [number | null];
    return code === 0 ? { value: await work() } : undefined;
  } finally {
    closeSync(opened);
  }
}
