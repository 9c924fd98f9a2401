import Docker from 'dockerode';
import { DriverError } from '../../../core/driver-error';

/** How long one ordinary call may take, in ms. Starting is the slowest: some 0.2 s, seconds under load. */
export const CALL_TIMEOUT_MS = 30_000;

export function connectDocker(socketPath: string): Docker {
  return new Docker({ socketPath });
}

/** A signal that also fires after `ms`. */
export function within(ms: number, signal?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(ms);
  return signal ? AbortSignal.any([signal, deadline]) : deadline;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** The HTTP status Docker answered with; undefined when it did not answer. */
export function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Docker's own words, without the client's prefix. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const json: unknown = 'json' in error ? error.json : undefined;
  if (typeof json === 'object' && json && 'message' in json && typeof json.message === 'string')
    return json.message;
  return error.message.trim();
}

/** Docker answered, with something else than its API says. */
export class UnexpectedAnswer extends Error {
  constructor(what: string) {
    super('it sent what is not understood.', { cause: new Error(what.slice(0, 200)) });
  }
}

/** No answer, or none that is understood: no socket, connection refused or cut, deadline passed. */
export function unavailable(error: unknown): DriverError {
  const text = `Docker does not answer: ${silence(error)}`;
  return new DriverError('DRIVER_UNAVAILABLE', text, true, { cause: error });
}

/** In words of ours: what the system says names the path of the socket, and is the cause, for the log. */
function silence(error: unknown): string {
  if (error instanceof UnexpectedAnswer) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return 'it took too long.';
  const code = typeof error === 'object' && error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'nobody listens on its socket.';
  return 'the connection to it broke.';
}

/**
 * Runs one call to Docker under a deadline, and turns what it throws into what the port promises.
 * An abort by `signal` rejects with the signal's own reason.
 */
export async function call<T>(
  work: (abortSignal: AbortSignal) => Promise<T>,
  translate: (error: unknown) => DriverError,
  signal?: AbortSignal,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    const deadline = within(timeoutMs, signal);
    // Raced as well, because some calls of the client take no signal: their answer is then ignored.
    return await Promise.race([work(deadline), aborted(deadline)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw statusOf(error) === undefined ? unavailable(error) : translate(error);
  }
}
