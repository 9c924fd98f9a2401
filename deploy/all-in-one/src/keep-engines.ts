import { existsSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '@thecloud/engines';
import { pauseMs } from './keep-alive';
import { type Layout, readIfThere, writePrivate } from './layout';

/** After a life this long a death is no longer one of a row. */
const GOOD_LIFE_MS = 30_000;
/** Longest that an engine's launch is waited for when the supervisor ends, which has 12 s. */
const CLOSE_MS = 8_000;

/**
 * Starts engines again that were killed. It takes no lock of the Makefile's verbs: those that stop engines end the
 * supervisor first, and the start of an engine excludes whoever starts or stops that same engine by itself.
 */
export class KeptEngines {
  readonly #kept: readonly KeptEngine[];

  constructor(layout: Layout, engines: readonly Engine[], log: (text: string) => void) {
    this.#kept = engines.map((engine) => new KeptEngine(layout, engine, log));
  }

  /** Begins what is due; does not wait for it. `now` in ms of any clock. */
  look(now: number): void {
    for (const one of this.#kept) one.look(now);
  }

  async close(): Promise<void> {
    const ended = new AbortController();
    const patience = delay(CLOSE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#kept.map((one) => one.settled())), patience]);
    ended.abort();
  }
}

/** An engine that was stopped left no pid file; one that is not ours never had one. */
class KeptEngine {
  #starting: Promise<void> | undefined;
  #starts = 0;
  #lastFailed = false;
  #startedAt = 0;
  /** Undefined from the end of a start until the next look. */
  #notBefore: number | undefined = 0;

  constructor(
    private readonly layout: Layout,
    private readonly engine: Engine,
    private readonly log: (text: string) => void,
  ) {
    this.#forgetTrouble();
  }

  look(now: number): void {
    if (this.#starting) return;
    this.#notBefore ??= now + pauseMs(this.#starts);
    const { name } = this.engine;
    const isAlive = this.engine.pid() !== undefined;
    if (isAlive && !this.#lastFailed) return this.#noteLife(now);
    if (!existsSync(this.layout.pidFile(name)) || now < this.#notBefore) return;
    this.#starts += 1;
    this.#startedAt = now;
    this.#notBefore = undefined;
    if (!isAlive) this.log(`${name} ended; starting it again${this.#inARow()}`);
    this.#starting = this.engine.start().then(
      () => this.#end(),
      (error: unknown) => this.#end(error instanceof Error ? error.message : String(error)),
    );
  }

  async settled(): Promise<void> {
    await this.#starting;
  }

  #noteLife(now: number): void {
    if (this.#starts === 0 || now - this.#startedAt <= GOOD_LIFE_MS) return;
    this.#starts = 0;
    this.#forgetTrouble();
  }

  #end(failure?: string): void {
    const { name } = this.engine;
    const [why] = failure?.split('\n') ?? [];
    this.#starting = undefined;
    this.#lastFailed = failure !== undefined;
    this.log(
      why === undefined ? `${name} answers again` : `${name} could not be started${this.#inARow()}: ${why}`,
    );
    if (this.#starts < 2) return;
    const last = why === undefined ? 'the last start succeeded' : `the last start failed: ${why}`;
    writePrivate(
      this.layout.trouble(name),
      `${name} was started ${this.#starts} times in a row, lately ${new Date().toISOString()}; ${last}. Look into ${this.layout.log(name)}\n`,
    );
  }

  #inARow(): string {
    if (this.#starts < 2) return '';
    return ` (${this.#starts} times in a row, ${pauseMs(this.#starts) / 1000} s until the next)`;
  }

  #forgetTrouble(): void {
    rmSync(this.layout.trouble(this.engine.name), { force: true });
  }
}

/** What the supervisor keeps of engines that do not stay alive, a line each. */
export function engineTroubles(layout: Layout, names: readonly string[]): string[] {
  return names.flatMap((name) => readIfThere(layout.trouble(name))?.trim() ?? []);
}
