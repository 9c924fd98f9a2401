import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onPassing } from '@thecloud/kernel';

/**
 * For crash tests (docs/testing.md): notes every step this process passes in `<dir>/passed`, and ends it at the one
 * that `<dir>/crash-at` names: once, and as kill -9 does. Without a directory steps cost one look at a variable.
 */
export function listenToFailpoints(dir: string | undefined): void {
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  const crashAt = join(dir, 'crash-at');
  onPassing((step) => {
    appendFileSync(join(dir, 'passed'), `${step}\n`);
    if (!existsSync(crashAt) || readFileSync(crashAt, 'utf8') !== step) return;
    rmSync(crashAt);
    process.kill(process.pid, 'SIGKILL');
  });
}
