import type { agentV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import { errors } from '../../../errors';
import type { ExecProcess, ExecSignal } from '../ports/exec-driver';

/** Ends what nobody uses: called back when neither side has sent anything for so long. */
export class IdleTimer {
  #timer: NodeJS.Timeout;
  expired = false;

  constructor(ms: number, then: () => void) {
    this.#timer = setTimeout(() => {
      this.expired = true;
      then();
    }, ms);
  }

  touch(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

export interface SessionOptions {
  /** Has it a terminal? */
  readonly tty: boolean;
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * A program and its caller, until one of them has had enough: what the caller sends goes in, what it writes comes out,
 * its exit code last. The program waits for a slow reader, the caller for a slow program. It is closed in every case.
 */
export async function* execSession(
  process: ExecProcess,
  input: AsyncIterable<agentV1.ExecRequest>,
  { tty, idleMs, signal }: SessionOptions,
): AsyncGenerator<agentV1.ExecResponse> {
  let failure: unknown;
  // Closing it ends its output, and so what waits below.
  const close = () => void process.close().catch((error: unknown) => (failure ??= error));
  const idle = new IdleTimer(idleMs, close);
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  feed(process, input, tty, idle).catch((error: unknown) => {
    failure ??= error;
    close();
  });
  try {
    for await (const { stream, data } of process.output) {
      idle.touch();
      yield { output: { $case: stream, value: data } };
    }
    if (idle.expired) throw errors.EXEC_IDLE({ seconds: String(idleMs / 1000) });
    if (failure) throw failure as Error;
    signal.throwIfAborted();
    yield { output: { $case: 'exitCode', value: await process.exitCode() } };
  } finally {
    idle.stop();
    signal.removeEventListener('abort', close);
    await process.close();
  }
}

async function feed(
  process: ExecProcess,
  input: AsyncIterable<agentV1.ExecRequest>,
  tty: boolean,
  idle: IdleTimer,
): Promise<void> {
  const endOfInput = () => {
    if (!tty) process.closeInput(); // a terminal has no end: closing it would cut its output, too
  };
  for await (const { input: said } of input) {
    idle.touch();
    switch (said?.$case) {
      case 'stdin':
        await process.write(said.value);
        break;
      case 'stdinClosed':
        if (said.value) endOfInput(); // false is present, and says that more comes
        break;
      case 'resize':
        await process.resize(said.value);
        break;
      case 'signal':
        await process.signal(said.value as ExecSignal); // one of them: the field's rule
        break;
      case 'start':
        throw invalidFields([{ field: 'start', description: 'may come once only' }]);
      case undefined:
        break; // a kind of input of a later version
    }
  }
  endOfInput();
}
