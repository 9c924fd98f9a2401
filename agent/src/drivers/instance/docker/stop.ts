import type Docker from 'dockerode';
import type { DriverError } from '../../../ports/driver-error';
import { call, statusOf, within } from '../../docker-engine';
import { startProblem } from './problem';

/** Longest we wait after SIGKILL for the kernel to be done with it. */
const KILL_TIMEOUT_MS = 15_000;

/**
 * SIGTERM (or what the image asks for), then SIGKILL after `graceMs`. Not Docker's own stop: that cannot be hurried
 * by a newer order once it waits.
 */
export async function stopContainer(
  container: Docker.Container,
  state: { paused: boolean; stopSignal: string },
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (state.paused) await tolerant((abortSignal) => container.unpause({ abortSignal }), signal);
  if (graceMs > 0) {
    await tolerant((abortSignal) => container.kill({ signal: state.stopSignal, abortSignal }), signal);
    if (await ended(container, graceMs, signal)) return;
  }
  await tolerant((abortSignal) => container.kill({ signal: 'SIGKILL', abortSignal }), signal);
  if (await ended(container, KILL_TIMEOUT_MS, signal)) return;
  throw startProblem(new Error('It does not end, not even killed.'));
}

/** True once it does not run (or is gone), false when `ms` have passed before. */
async function ended(container: Docker.Container, ms: number, signal: AbortSignal): Promise<boolean> {
  const deadline = within(ms, signal);
  try {
    await container.wait({ condition: 'not-running', abortSignal: deadline });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (statusOf(error) === 404) return true;
    if (deadline.aborted) return false;
    return call(() => Promise.reject(error), startProblem);
  }
}

/** 404 and 409 say that it is gone, or not in that state any more: the wait that follows tells the truth. */
async function tolerant(work: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const quiet = async (abortSignal: AbortSignal) => {
    try {
      await work(abortSignal);
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  };
  await call<void>(quiet, startProblem as (error: unknown) => DriverError, signal);
}
