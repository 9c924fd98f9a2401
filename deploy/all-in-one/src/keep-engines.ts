import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '@thecloud/engines';
import { pauseMs } from './keep-alive';
import type { Layout } from './layout';

const GOOD_LIFE_MS = 30_000;
/** Of flock: another verb of the Makefile holds the lock. */
const LOCKED = 75;

/**
 * Starts engines again that were killed, as `make up` would, and never while a verb of the Makefile is at work. An engine
 * that was stopped left no pid file; one that is not ours never had one.
 */
export class KeptEngines {
  readonly #ending = new AbortController();
  readonly #dead = new Set<string>();
  #running: Promise<void> | undefined;
  #failures = 0;
  #startedAt = -Infinity;
  #notBefore = 0;

  constructor(
    private readonly layout: Layout,
    private readonly engines: readonly Engine[],
    private readonly log: (text: string) => void,
  ) {}

  /** Begins what is due; does not wait for it. `now` in ms of any clock. */
  look(now: number): void {
    if (this.#running) return;
    for (const { name, pid } of this.engines) {
      if (pid() !== undefined) this.#dead.delete(name);
      else if (existsSync(this.layout.pidFile(name))) this.#dead.add(name);
    }
    if (this.#dead.size === 0 || now < this.#notBefore) return;
    this.#failures = now - this.#startedAt > GOOD_LIFE_MS ? 1 : this.#failures + 1;
    this.#startedAt = now;
    this.#notBefore = now + pauseMs(this.#failures);
    this.#running = this.#start([...this.#dead])
      .catch((error: unknown) => this.log(`engines could not be started: ${String(error)}`))
      .finally(() => (this.#running = undefined));
  }

  /** In a process that holds the lock of the Makefile's verbs. */
  async #start(names: readonly string[]): Promise<void> {
    const script = join(__dirname, 'start-engines.js');
    const lock = [
      '--close',
      '--nonblock',
      '--conflict-exit-code',
      String(LOCKED),
      join(this.layout.home, 'lock'),
    ];
    const child = spawn('/usr/bin/flock', [...lock, process.execPath, script, ...names], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'); // flock and what it runs
    this.#ending.signal.addEventListener('abort', end, { once: true });
    const [code] = (await once(child, 'exit').finally(() =>
      this.#ending.signal.removeEventListener('abort', end),
    )) as [number | null];
    if (code === LOCKED) return;
    this.log(`${names.join(', ')} ended; ${code === 0 ? 'started again' : 'could not be started yet'}`);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}
