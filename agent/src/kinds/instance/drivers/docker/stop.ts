import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { DriverError } from '../../../../core/driver-error';
import { call, statusOf, within } from '../docker-engine';
import { inspected } from './answers';
import { hostProcess, signalProcess } from './host-session';
import { stopProblem } from './problem';

/** Longest we wait after SIGKILL for the kernel to be done with it. */
const KILL_TIMEOUT_MS = 15_000;
/** Longest we wait for Docker to pass a polite signal on, whatever the grace. */
const POLITE_TIMEOUT_MS = 10_000;
const ASK_AGAIN_MS = 200;

export interface Stopping {
  readonly container: Docker.Container;
  readonly containerId: string;
  /** Its main process on this host; 0: none. */
  readonly pid: number;
  readonly paused: boolean;
  /** As the image asks for it: it may be no signal at all. */
  readonly stopSignal: string;
}

/**
 * SIGTERM (or what the image asks for), then SIGKILL after `graceMs`. Not Docker's own stop: that cannot be hurried
 * by a newer order once it waits. Nothing that goes wrong while it is asked politely stands in the way of the kill.
 */
export async function stopContainer(s: Stopping, graceMs: number, signal: AbortSignal): Promise<void> {
  const { container } = s;
  if (graceMs > 0) {
    await askToEnd(s, Math.min(graceMs, POLITE_TIMEOUT_MS), signal);
    if ((await ended(container, graceMs, signal)) === true) return;
  }
  // A paused container takes a SIGKILL as it is: Docker resumes it for that.
  await kill(container, signal);
  const answer = await ended(container, KILL_TIMEOUT_MS, signal);
  if (answer === true) return;
  if (answer) return call(() => Promise.reject(answer), stopProblem);
  throw new DriverError('START_FAILED', 'It does not end, not even killed.', false);
}

/**
 * Docker sends no signal but SIGKILL to a container whose image has a stop signal that does not exist: then SIGTERM
 * goes to its main process directly. Rejects only when `signal` fires.
 */
async function askToEnd(s: Stopping, ms: number, signal: AbortSignal): Promise<void> {
  const { container, containerId, pid, paused, stopSignal } = s;
  const passes = async (work: (abortSignal: AbortSignal) => Promise<unknown>) => {
    try {
      await call(work, stopProblem, signal, ms);
      return true;
    } catch {
      signal.throwIfAborted();
      return false; // gone, not responding, or no such signal: the wait that follows tells, and then the kill
    }
  };
  if (paused) await passes((abortSignal) => container.unpause({ abortSignal }));
  if (await passes((abortSignal) => container.kill({ signal: stopSignal, abortSignal }))) return;
  const main = pid > 0 ? await hostProcess(pid, containerId) : undefined;
  if (main) await signalProcess(main, containerId, 'SIGTERM');
}

/**
 * True once it does not run (or is gone); false when it runs after `ms`. While the wait fails, Docker is asked again, so
 * that the program keeps its grace; the last failure is then the answer. Rejects only when `signal` fires.
 */
async function ended(container: Docker.Container, ms: number, signal: AbortSignal): Promise<boolean | Error> {
  const deadline = within(ms, signal);
  let answer: false | Error = false;
  while (!deadline.aborted) {
    try {
      await container.wait({ condition: 'not-running', abortSignal: deadline });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) === 404) return true;
      if (deadline.aborted) break;
      if (await isStopped(container, deadline)) return true;
      answer = error instanceof Error ? error : new Error(String(error));
      await pause(ASK_AGAIN_MS, undefined, { signal: deadline }).catch(() => undefined);
    }
  }
  signal.throwIfAborted();
  return answer;
}

async function isStopped(container: Docker.Container, abortSignal: AbortSignal): Promise<boolean> {
  const look = container.inspect({ abortSignal }).then((answer) => !inspected(answer).State.Running);
  return look.catch(() => false);
}

/** 404 and 409 say that it is gone, or does not run any more: the wait that follows tells the truth. */
async function kill(container: Docker.Container, signal: AbortSignal): Promise<void> {
  const quiet = async (abortSignal: AbortSignal) => {
    try {
      await container.kill({ signal: 'SIGKILL', abortSignal });
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  };
  await call(quiet, stopProblem, signal);
}
