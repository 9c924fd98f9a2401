import { join } from 'node:path';
import { launch, readPidFile, terminate, writePidFile } from '@thecloud/engines';
import type { Watchdog } from '../../../fence/fence';
import type { Watched } from './watch';

/** Compiled, also when the agent itself runs from source as in tests. */
const PROGRAM = join(__dirname, '../../../../dist/kinds/instance/watchdog/main.js');

/**
 * The watchdog of a Docker host; a later agent finds the one of an earlier agent by its pid file. The file's name goes
 * with what the watchdog reads: one that does not know this journal is replaced.
 */
export class DockerWatchdog implements Watchdog {
  readonly #pidFile: string;
  /** Of the one of release 0.1.0. */
  readonly #oldPidFile: string;

  constructor(private readonly watched: Watched) {
    this.#pidFile = join(watched.dataDir, 'fence', 'watchdog-2.pid');
    this.#oldPidFile = join(watched.dataDir, 'fence', 'watchdog.pid');
  }

  async ensure(): Promise<boolean> {
    if (readPidFile(this.#pidFile)) return this.#end(this.#oldPidFile);
    const { dataDir, socketPath, hostId } = this.watched;
    const started = await launch(
      { program: process.execPath, args: [PROGRAM, dataDir, socketPath, hostId] },
      join(dataDir, 'fence', 'watchdog.log'),
    );
    if (!started) return false;
    writePidFile(this.#pidFile, started);
    return this.#end(this.#oldPidFile); // only now: two at a time do no harm, none would
  }

  async dismiss(): Promise<void> {
    await this.#end(this.#oldPidFile);
    await this.#end(this.#pidFile);
  }

  async #end(pidFile: string): Promise<true> {
    const alive = readPidFile(pidFile);
    if (alive) await terminate(alive, 'SIGTERM', 1_000);
    return true;
  }
}

/** What a noop host pretends to run ends with its agent, and nothing of it can run twice: there is nothing to watch. */
export const noopWatchdog: Watchdog = { ensure: async () => true, dismiss: async () => undefined };
