import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Engine, EngineError } from './engine';
import { removeHome } from './home';
import { logTail } from './log-tail';
import { isPortFree, portHolder } from './ports';
import type { ProcessIdentity } from './proc';
import { isAlive } from './proc';
import { type Launch, launch, readPidFile, send, terminate, writePidFile } from './process';
import { until } from './until';

const PROBE_TIMEOUT_MS = 3_000;

/** What differs from engine to engine; everything else about its life is here. */
export interface EngineSpec {
  name: string;
  /** Holds `<name>/` (data), `log/<name>.log` and `run/<name>.pid`. */
  dir: string;
  endpoint: string;
  program: string;
  debianPackage: string;
  ports: number[];
  /** Writes configuration, repairs what a crash left. Called only while no process of ours is alive. */
  prepare(): Promise<Omit<Launch, 'program'>>;
  /** Answers when the engine serves its own protocol; throws why not. */
  probe(signal: AbortSignal): Promise<void>;
  /** Takes over new certificates in the running process. Without it, renewal means a restart. */
  reload?: (signalProcess: (signal: NodeJS.Signals) => void) => void;
  stopSignal?: NodeJS.Signals;
  stopGraceMs?: number;
  startTimeoutMs?: number;
}

/** The common life of every engine: adopt or start, wait until it answers, stop. */
export function supervise(spec: EngineSpec): Engine {
  const logFile = resolve(spec.dir, 'log', `${spec.name}.log`);
  const pidFile = resolve(spec.dir, 'run', `${spec.name}.pid`);
  const startTimeoutMs = spec.startTimeoutMs ?? 30_000;
  const own = () => readPidFile(pidFile);
  let starting: Promise<void> | undefined;

  async function start(): Promise<void> {
    const running = own();
    if (running) return waitUntilReady(running, false);
    await checkCanStart();
    const launched = await launch({ program: spec.program, ...(await spec.prepare()) }, logFile);
    if (!launched) throw exited();
    writePidFile(pidFile, launched);
    return waitUntilReady(launched, true);
  }

  async function checkCanStart(): Promise<void> {
    if (!existsSync(spec.program)) {
      const advice = `install it with: apt-get install ${spec.debianPackage}`;
      throw new EngineError(spec.name, 'PROGRAM_MISSING', `${spec.program} is missing; ${advice}`);
    }
    // The port of a process killed a moment ago is released only when its last thread has gone.
    const patienceMs = existsSync(pidFile) ? 3_000 : 0;
    for (const port of spec.ports) {
      if (await until(() => isPortFree(port), patienceMs)) continue;
      const advice = 'stop that process or choose another port';
      const message = `port ${port} on 127.0.0.1 is taken by ${portHolder(port)}; ${advice}`;
      throw new EngineError(spec.name, 'PORT_TAKEN', message);
    }
  }

  async function waitUntilReady(process: ProcessIdentity, startedNow: boolean): Promise<void> {
    let reason: unknown;
    const settled = await until(
      async () => {
        reason = await probe();
        return reason === undefined || !isAlive(process);
      },
      startTimeoutMs,
      50,
    );
    if (reason === undefined) return;
    if (settled) throw exited();
    const state = startedNow ? 'started but does' : `runs (pid ${process.pid}) but does`;
    const why = reason instanceof Error ? reason.message : String(reason);
    const message = `${state} not answer after ${startTimeoutMs / 1000} s: ${why}. It is left running: try again, or stop it.`;
    throw new EngineError(spec.name, 'NOT_READY', message + logExcerpt(), { cause: reason });
  }

  function exited(): EngineError {
    rmSync(pidFile, { force: true });
    return new EngineError(spec.name, 'EXITED', `it ended while starting.${logExcerpt()}`);
  }

  function logExcerpt(): string {
    return `\nLast lines of ${logFile}:\n${logTail(logFile) || '(empty)'}`;
  }

  /** Undefined when it answers, else the reason why not. */
  async function probe(): Promise<unknown> {
    try {
      await spec.probe(AbortSignal.timeout(PROBE_TIMEOUT_MS));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async function stop(): Promise<void> {
    const running = own();
    if (running) await terminate(running, spec.stopSignal ?? 'SIGTERM', spec.stopGraceMs ?? 15_000);
    rmSync(pidFile, { force: true });
  }

  const engine: Engine = {
    name: spec.name,
    endpoint: spec.endpoint,
    start() {
      starting ??= start().finally(() => (starting = undefined));
      return starting;
    },
    async ready() {
      return own() !== undefined && (await probe()) === undefined;
    },
    async reload() {
      const running = own();
      if (running && spec.reload) return spec.reload((signal) => send(running, signal));
      if (running) await stop();
      return engine.start();
    },
    stop,
    async destroy() {
      await stop();
      removeHome(spec.dir, spec.name);
      for (const file of [logFile, `${logFile}.1`]) rmSync(file, { force: true });
    },
    pid: () => own()?.pid,
  };
  return engine;
}
