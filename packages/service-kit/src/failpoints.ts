import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onPassing } from '@thecloud/kernel';

/**
 * For crash tests (docs/testing.md): notes every step this process passes in `<dir>/passed`, and ends it at the one
 * that `<dir>/crash-at` names, once and as kill -9 does; at the one that `<dir>/stop-at` names it stands still, once, until
 * it gets SIGCONT. Without a directory steps cost one look at a variable.
 */
export function listenToFailpoints(dir: string | undefined): void {
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  const signals = { 'crash-at': 'SIGKILL', 'stop-at': 'SIGSTOP' } as const;
  onPassing((step) => {
    appendFileSync(join(dir, 'passed'), `${step}\n`);
    for (const [name, signal] of Object.entries(signals)) {
      const file = join(dir, name);
      if (!existsSync(file) || readFileSync(file, 'utf8') !== step) continue;
      rmSync(file);
      process.kill(process.pid, signal);
    }
  });
}
