import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPidFile, terminate } from '../../engines/src';
import { keptDocker } from './docker';

const GRACE_MS = 10_000;

/** Ends every engine of this run, those of tests that failed to do so included, and removes the run's directory. */
export default async function globalTeardown(): Promise<void> {
  const dir = process.env['THECLOUD_TEST_DIR'];
  if (!dir) return;
  await keptDocker()?.destroy();
  const pidFiles = globSync(['run/*.pid', '*/run/*.pid'], { cwd: dir });
  await Promise.all(
    pidFiles.map(async (file) => {
      const running = readPidFile(join(dir, file));
      // SIGINT is PostgreSQL's fast shutdown, and ends the others too.
      if (running) await terminate(running, 'SIGINT', GRACE_MS);
    }),
  );
  rmSync(dir, { recursive: true, force: true });
}
