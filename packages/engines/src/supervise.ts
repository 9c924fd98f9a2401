import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Engine, EngineError } from './engine';
import { underLock } from './file-lock';
import { removeHome } from './home';
import { logTail } from './log-tail';
import { isPortFree, portHolder } from './ports';
import type { ProcessIdentity } from './proc';
import { isAlive } from './proc';
import { type Launch, launch, readPidFile, send, terminate, writePidFile } from './process';
import { until } from './until';

const PROBE_TIMEOUT_MS = 3_000;
/** Longest that another process may need to launch or to end the engine; PostgreSQL's initdb is the slowest. */
const LOCK_MS = 150_000;

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

/**
 * The common life of every engine: adopt or start, wait until it answers, stop. Processes that launch or end the same
 * engine at the same time (a verb of the Makefile, the supervisor) exclude each other by a lock of that engine.
 */
export function supervise(spec: EngineSpec): Engine {
  const logFile = resolve(spec.dir, 'log', `${spec.name}.log`);
  const pidFile = resolve(spec.dir, 'run', `${spec.name}.pid`);
  const lockFile = resolve(spec.dir, 'run', `${spec.name}.lock`);
  const startTimeoutMs = spec.startTimeoutMs ?? 30_000;
  const own = () => readPidFile(pidFile);
  let starting: Promise<void> | undefined;

  async function start(): Promise<void> {
    const adopted = own();
    if (adopted && (await answers(adopted, false))) return;
    const launched = await exclusively(async () => own() ?? launchIt());
    if (await answers(launched, true)) return;
    const successor = own(); // another process has restarted it meanwhile
    if (!successor || !(await answers(successor, false))) throw exited();
  }

  async function launchIt(): Promise<ProcessIdentity> {
    await checkCanStart();
    const launched = await launch({ program: spec.program, ...(await spec.prepare()) }, logFile);
    if (!launched) throw exited();
    writePidFile(pidFile, launched);
    return launched;
  }

  async function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = await underLock(lockFile, LOCK_MS, work);
    if (done) return done.value;
    const message = `another process has been starting or stopping it for ${LOCK_MS / 1000} s; try again when that has ended`;
    throw new EngineError(spec.name, 'CONFLICT', message);
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

  /** Waits until it answers. False when the process has ended. @throws EngineError NOT_READY: it takes too long. */
  async function answers(process: ProcessIdentity, startedNow: boolean): Promise<boolean> {
    let reason: unknown;
    const settled = await until(
      async () => {
        reason = await probe();
        return reason === undefined || !isAlive(process);
      },
      startTimeoutMs,
      50,
    );
    if (reason === undefined) return true;
    if (settled) return false;
    const state = startedNow ? 'started but does' : `runs (pid ${process.pid}) but does`;
    const why = reason instanceof Error ? reason.message : String(reason);
    const message = `${state} not answer after ${startTimeoutMs / 1000} s: ${why}. It is left running: try again, or stop it.`;
    throw new EngineError(spec.name, 'NOT_READY', message + logExcerpt(), { cause: reason });
  }

  function exited(): EngineError {
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

  const stop = () =>
    exclusively(async () => {
      const running = own();
      if (running) await terminate(running, spec.stopSignal ?? 'SIGTERM', spec.stopGraceMs ?? 15_000);
      rmSync(pidFile, { force: true });
    });

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
      await stop();
      return start(); // not one that is under way: its process may be the one that was stopped
    },
    stop,
    async destroy() {
      await stop();
      removeHome(spec.dir, spec.name);
      for (const file of [logFile, `${logFile}.1`, lockFile]) rmSync(file, { force: true });
    },
    pid: () => own()?.pid,
  };
  return engine;
}
