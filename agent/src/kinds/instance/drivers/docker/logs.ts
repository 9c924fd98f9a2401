import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import type { LogEntry, LogOptions } from '../../ports/log-driver';
import { call, statusOf, unavailable } from '../docker-engine';
import type { Frame } from './frames';
import { framesOf } from './frames';
import { startProblem } from './problem';

const NS = 1_000_000_000n;

/** The log of one container, read as fast as it is asked for; see LogDriver. */
export async function* containerLogs(
  docker: Docker,
  containerId: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogEntry[]> {
  const stream = await open(docker, containerId, options, signal);
  if (!stream) return;
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const frames of framesOf(stream as AsyncIterable<Buffer>)) yield frames.map(entryOf);
  } catch (error) {
    if (!signal.aborted) throw unavailable(error);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

/** Not the client's own `logs`: that reads the whole log into memory unless it is followed. */
async function open(
  docker: Docker,
  containerId: string,
  { tail, afterNs, follow }: LogOptions,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  const since = afterNs === undefined ? {} : { since: dockerTime(afterNs + 1n) };
  const query = { stdout: true, stderr: true, timestamps: true, follow, tail: tail ?? 'all', ...since };
  const request = {
    path: `/containers/${containerId}/logs?`,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    options: query,
    abortSignal: signal, // who leaves while Docker has not answered must not leave its answer behind
  };
  const dial = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      docker.modem.dial(request, (error, answer) =>
        error ? reject(error as Error) : resolve(answer as IncomingMessage),
      );
    });
  try {
    return await call(dial, startProblem, signal);
  } catch (error) {
    if (signal.aborted || statusOf((error as Error).cause) === 404) return undefined; // removed meanwhile
    throw error;
  }
}

/** Docker's `since`: seconds, and nanoseconds as their fraction. */
const dockerTime = (ns: bigint) => `${ns / NS}.${String(ns % NS).padStart(9, '0')}`;

/** "2026-11-22T05:06:07.000000008Z the line\n" */
function entryOf({ stream, data }: Frame): LogEntry {
  const space = data.indexOf(0x20);
  return { stream, timeNs: nanoseconds(data.toString('latin1', 0, space)), text: data.subarray(space + 1) };
}

function nanoseconds(rfc3339: string): bigint {
  const [seconds = '', fraction = ''] = rfc3339.replace(/Z$/, '').split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0') || 0);
}
