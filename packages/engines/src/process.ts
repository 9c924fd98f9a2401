import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './proc';
import { until } from './until';

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

export interface Launch {
  program: string;
  args: string[];
  /** Added to PATH and LANG; nothing else of our own environment is handed on. */
  env?: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/** How a process ended: by itself, with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts a process that outlives us; it writes to `logFile` (0600). Undefined when it ended at once. */
export async function launch(command: Launch, logFile: string): Promise<ProcessIdentity | undefined> {
  return (await launchObserved(command, logFile)).process;
}

/** Likewise. `exit` resolves when it ends while we live; it does not keep us alive. */
export async function launchObserved(
  command: Launch,
  logFile: string,
): Promise<{ process: ProcessIdentity | undefined; exit: Promise<Exit> }> {
  const log = openLog(logFile);
  try {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd ?? '/',
      detached: true,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        LANG: 'C.UTF-8',
        ...command.env,
      },
      stdio: ['ignore', log, log],
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    const exit = new Promise<Exit>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    await once(child, 'spawn');
    child.unref();
    return { process: child.pid === undefined ? undefined : identify(child.pid), exit };
  } finally {
    closeSync(log);
  }
}

/** Asks a process to end, then kills it. @throws Error when it is alive even after SIGKILL. */
export async function terminate(
  process: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  send(process, signal);
  if (await until(() => !isAlive(process), graceMs)) return;
  send(process, 'SIGKILL');
  if (await until(() => !isAlive(process), 5_000)) return;
  throw new Error(`process ${process.pid} is still alive 5 s after SIGKILL`);
}

/** Signals exactly this process, never another one that inherited its pid. */
export function send(process: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(process)) return;
  try {
    globalThis.process.kill(process.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process a pid file names, if that very process is alive. */
export function readPidFile(file: string): ProcessIdentity | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, startTime, bootId] = text.trim().split(' ');
  const process = { pid: Number(pid), startTime: Number(startTime), bootId: bootId ?? '' };
  return isAlive(process) ? process : undefined;
}

export function writePidFile(file: string, process: ProcessIdentity): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${process.pid} ${process.startTime} ${process.bootId}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes a lock file of the engine's own, whose first line is a pid, unless `owns` says its owner lives. */
export function removeStaleLock(file: string, owns: (pid: number) => boolean): void {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (Number.isInteger(pid) && identify(pid) !== undefined && owns(pid)) return;
  rmSync(file, { force: true });
}

/** Opens for appending; a file over the limit becomes `.1`, so a log never takes more than twice the limit. */
function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  const log = openSync(file, 'a', 0o600);
  fchmodSync(log, 0o600);
  return log;
}
