import { launch, readPidFile, terminate, writePidFile } from '@thecloud/engines';
import type { Layout } from './layout';
import type { PlannedProcess } from './plan';

/** Longer than the 10 s in which a process must have drained. */
const STOP_GRACE_MS = 12_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** After a life this long a death is news again, and the next start comes at once. */
const GOOD_LIFE_MS = 30_000;

/** Keeps one process running. It may outlive us: whoever comes next adopts it by its pid file. */
export class KeptProcess {
  #failures = 0;
  #aliveSince: number | undefined;
  #notBefore = 0;

  constructor(
    private readonly layout: Layout,
    private readonly planned: PlannedProcess,
    private readonly log: (text: string) => void,
  ) {}

  /** Looks once, and starts the process again if it has ended and its pause is over. `now` in ms of any clock. */
  async look(now: number): Promise<void> {
    if (readPidFile(this.layout.pidFile(this.planned.name))) {
      this.#aliveSince ??= now;
      return;
    }
    if (now < this.#notBefore) return;
    if (this.#aliveSince !== undefined) {
      this.#failures = now - this.#aliveSince > GOOD_LIFE_MS ? 1 : this.#failures + 1;
      this.log(`${this.planned.name} ended; starting it again`);
    }
    this.#aliveSince = now;
    this.#notBefore = now + pauseMs(this.#failures);
    await start(this.layout, this.planned);
  }
}

/** Grows from 0.1 s to 10 s, and stays there: an engine that is away may come back at any time. */
export function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
}

async function start(layout: Layout, { name, args, env }: PlannedProcess): Promise<void> {
  const started = await launch({ program: process.execPath, args, env }, layout.log(name));
  if (started) writePidFile(layout.pidFile(name), started);
}

export async function stopProcess(layout: Layout, name: string): Promise<boolean> {
  const running = readPidFile(layout.pidFile(name));
  if (running) await terminate(running, 'SIGTERM', STOP_GRACE_MS);
  return running !== undefined;
}
