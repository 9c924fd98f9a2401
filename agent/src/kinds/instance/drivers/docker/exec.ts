import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DriverError } from '../../../../core/driver-error';
import { notRunning } from '../../ports/driver-problems';
import type { ExecOutput, ExecProcess, ExecSignal, ExecSpec, TerminalSize } from '../../ports/exec-driver';
import { call, messageOf, statusOf, unavailable } from '../docker-engine';
import { execInspected, madeId } from './answers';
import { framesOf } from './frames';
import { holdBack } from './held-back';
import type { HeldBack } from './held-back';
import { endSession, hostProcess, signalSession } from './host-session';
import type { HostProcess } from './host-session';
import { execFailed, refusedStart } from './problem';

/** Marks what we started among all that runs in a container, so that a later agent finds it. */
export const execMark = (hostId: string) => `THECLOUD_EXEC=${hostId}`;
/** How long Docker may take to notice that it runs, or has ended, in ms. */
const NOTICE_MS = 10_000;
const LOOK_EVERY_MS = 20;
/** Of the words with which Docker refuses to start a program. */
const MOST_PIECES = 16;

export interface ExecTarget {
  readonly docker: Docker;
  readonly containerId: string;
  readonly hostId: string;
  /** Does the engine set a terminal's size before the program starts (API 1.42)? */
  readonly setsSize: boolean;
}

/** Starts a program in a container, attached to us. Resolves once it runs, at its terminal's size. */
export async function startExec(target: ExecTarget, spec: ExecSpec): Promise<DockerExec> {
  const { docker, containerId } = target;
  const container = docker.getContainer(containerId);
  const { tty, size } = spec;
  const held = tty && size && !target.setsSize ? await holdBack(container, spec.command) : undefined;
  const env = Object.entries(spec.env).map(([key, value]) => `${key}=${value}`);
  const options = {
    ...{ Cmd: [...(held?.command ?? spec.command)], Env: [...env, execMark(target.hostId)] },
    ...{ Tty: tty, User: spec.user, WorkingDir: spec.workingDir },
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true },
    ...(tty && size && { ConsoleSize: [size.rows, size.columns] as [number, number] }),
  };
  const problem = (error: unknown) => startFailure(error, spec);
  const exec = await call(async (abortSignal) => {
    const made = await container.exec({ ...options, abortSignal });
    madeId(made.id);
    return made;
  }, problem);
  const socket = await call(() => exec.start({ hijack: true, stdin: true, Tty: tty }), problem);
  const process = new DockerExec(exec, socket, containerId, tty, held);
  try {
    if (!(await process.started())) throw refusedStart(await process.text(), spec);
    if (tty && size) await process.resize(size);
    if (held) await process.write(held.go);
    return process;
  } catch (error) {
    await process.close().catch(() => undefined); // what went wrong first is told
    throw error;
  }
}

class DockerExec implements ExecProcess {
  readonly output: AsyncIterable<ExecOutput>;
  readonly #begun: Promise<Docker.ExecInspectInfo>;
  readonly #process: Promise<HostProcess | undefined>;
  #closing: Promise<void> | undefined;
  #ended = false;

  constructor(
    private readonly exec: Docker.Exec,
    private readonly socket: Duplex,
    private readonly containerId: string,
    private readonly tty: boolean,
    private readonly held?: HeldBack,
  ) {
    // A connection that breaks ends the output; without a listener it would end this process.
    socket.on('error', () => undefined);
    this.output = this.#read();
    this.#begun = this.#until((info) => info.Pid > 0 || info.ExitCode !== null);
    this.#process = this.#identify();
    this.#process.catch(() => undefined); // told to those who need it
  }

  /** False: it could not be started, and its output says why. */
  async started(): Promise<boolean> {
    const { Pid, ExitCode } = await this.#begun;
    return Pid > 0 || ExitCode === null;
  }

  /** What it wrote, to its end, where that is not much. */
  async text(): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const { data } of this.output) if (pieces.push(data) >= MOST_PIECES) break;
    return Buffer.concat(pieces).toString();
  }

  async write(data: Uint8Array): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded || socket.write(data)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  closeInput(): void {
    this.socket.end();
  }

  async resize({ rows, columns }: TerminalSize): Promise<void> {
    if (!this.tty || this.#ended) return;
    try {
      await call((abortSignal) => this.exec.resize({ h: rows, w: columns, abortSignal }), execProblem);
    } catch (error) {
      if (!(await this.#inspect()).Running) return; // it has ended meanwhile
      throw error;
    }
  }

  async signal(name: ExecSignal): Promise<void> {
    const found = await this.#process;
    if (found && !this.#ended) await signalSession(found, this.containerId, `SIG${name}`);
  }

  async exitCode(): Promise<number> {
    const { ExitCode } = await this.#until(({ Running }) => !Running);
    this.#ended = true;
    return ExitCode ?? 0;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.socket.destroy();
    if (this.#ended) return;
    const found = await this.#process;
    if (found && !(await endSession(found, this.containerId)))
      throw new DriverError('EXEC_FAILED', `Process ${found.pid} does not end, not even killed.`, false);
  }

  async *#read(): AsyncGenerator<ExecOutput> {
    const bytes = this.socket as AsyncIterable<Buffer>;
    try {
      if (this.tty)
        for await (const data of this.held?.output(bytes) ?? bytes) yield { stream: 'stdout', data };
      else for await (const frames of framesOf(bytes)) yield* frames;
    } catch (error) {
      if (error instanceof DriverError) throw error;
      if (!this.#closing) throw unavailable(error);
    }
  }

  /** Docker names the process by its number; who it is must be noted while it surely is that one. */
  async #identify(): Promise<HostProcess | undefined> {
    const { Running, Pid } = await this.#begun;
    return Running && Pid > 0 ? hostProcess(Pid, this.containerId) : undefined;
  }

  async #until(wanted: (info: Docker.ExecInspectInfo) => boolean): Promise<Docker.ExecInspectInfo> {
    for (const deadline = Date.now() + NOTICE_MS; ;) {
      const info = await this.#inspect();
      if (wanted(info)) return info;
      if (Date.now() > deadline)
        throw new DriverError('EXEC_FAILED', 'Docker does not say what became of the program.', true);
      await pause(LOOK_EVERY_MS);
    }
  }

  #inspect(): Promise<Docker.ExecInspectInfo> {
    return call(async (abortSignal) => execInspected(await this.exec.inspect({ abortSignal })), execProblem);
  }
}

/** 404: no such container; 409: it does not run, or is paused. */
export function execProblem(error: unknown): DriverError {
  if (statusOf(error) === 404 || statusOf(error) === 409) return notRunning();
  return execFailed(messageOf(error));
}

/** A later engine refuses where an earlier one says in the program's output that there is none. */
function startFailure(error: unknown, spec: ExecSpec): DriverError {
  const problem = execProblem(error);
  return problem.reason === 'EXEC_FAILED' ? refusedStart(messageOf(error), spec) : problem;
}
