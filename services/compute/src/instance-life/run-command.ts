import { setTimeout as pause } from 'node:timers/promises';
import type { agentV1, computeV1 } from '@thecloud/api';
import type { RequestContext } from '@thecloud/service-kit';
import { runOn } from './exec';
import { hostedToAct, worded } from './hosted';
import type { LifeDeps } from './hosted';

const DEFAULT_TIMEOUT_S = 30;
/** After the kill: for the agent to say how it ended. In ms. */
const KILL_MS = 10_000;
/** Of each kind of output; the rest is read and dropped, so that the program can end. */
const MOST_BYTES = 1 << 20;

/** Runs a program to its end, or for as long as it may take. */
export async function runCommand(
  d: LifeDeps,
  ctx: RequestContext,
  request: computeV1.RunInstanceCommandRequest,
): Promise<computeV1.RunInstanceCommandResponse> {
  const { id, stdin, timeoutSeconds, command, env, workingDir, user } = request;
  const { agent } = await hostedToAct(d, ctx, id);
  const timeoutMs = (timeoutSeconds || DEFAULT_TIMEOUT_S) * 1000;
  const over = new AbortController();
  let timedOut = false;
  const input = async function* (): AsyncGenerator<agentV1.ExecRequest> {
    if (stdin.length > 0) yield { input: { $case: 'stdin', value: stdin } };
    yield { input: { $case: 'stdinClosed', value: true } };
    await pause(timeoutMs, undefined, { signal: over.signal });
    timedOut = true;
    yield { input: { $case: 'signal', value: 'KILL' } };
  };
  const start = { instanceId: id, command, env, tty: false, size: undefined, workingDir, user };
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(timeoutMs + KILL_MS)]);
  const [stdout, stderr] = [new Head(MOST_BYTES), new Head(MOST_BYTES)];
  let exitCode = 0;
  try {
    for await (const { output } of runOn(agent, { ...ctx, signal }, start, input())) {
      if (output?.$case === 'stdout') stdout.add(output.value);
      if (output?.$case === 'stderr') stderr.add(output.value);
      if (output?.$case === 'exitCode') exitCode = output.value;
    }
  } catch (error) {
    throw ctx.signal.aborted ? error : worded(error, id);
  } finally {
    over.abort();
  }
  const truncated = stdout.truncated || stderr.truncated;
  return { exitCode, stdout: stdout.bytes(), stderr: stderr.bytes(), truncated, timedOut };
}

/** The beginning of what is written. */
class Head {
  readonly #pieces: Buffer[] = [];
  #room: number;
  truncated = false;

  constructor(most: number) {
    this.#room = most;
  }

  add(piece: Buffer): void {
    const kept = piece.subarray(0, this.#room);
    this.truncated ||= kept.length < piece.length;
    this.#room -= kept.length;
    if (kept.length > 0) this.#pieces.push(kept);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
