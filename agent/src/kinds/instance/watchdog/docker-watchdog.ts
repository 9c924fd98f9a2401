import { join } from 'node:path';
import { launch, readPidFile, terminate, writePidFile } from '@thecloud/engines';
import type { Watchdog } from '../../../fence/fence';
import type { Watched } from './watch';

/** Compiled, also when the agent itself runs from source as in tests. */
const PROGRAM = join(__dirname, '../../../../dist/kinds/instance/watchdog/main.js');

/** The watchdog of a Docker host; a later agent finds the one of an earlier agent by its pid file. */
export class DockerWatchdog implements Watchdog {
  readonly #pidFile: string;

  constructor(private readonly watched: Watched) {
    this.#pidFile = join(watched.dataDir, 'fence', 'watchdog.pid');
  }

  async ensure(): Promise<boolean> {
    if (readPidFile(this.#pidFile)) return true;
    const { dataDir, socketPath, hostId } = this.watched;
    const started = await launch(
      { program: process.execPath, args: [PROGRAM, dataDir, socketPath, hostId] },
      join(dataDir, 'fence', 'watchdog.log'),
    );
    if (started) writePidFile(this.#pidFile, started);
    return started !== undefined;
  }

  async dismiss(): Promise<void> {
    const alive = readPidFile(this.#pidFile);
    if (alive) await terminate(alive, 'SIGTERM', 1_000);
  }
}

/** What a noop host pretends to run ends with its agent, and nothing of it can run twice: there is nothing to watch. */
export const noopWatchdog: Watchdog = { ensure: async () => true, dismiss: async () => undefined };
