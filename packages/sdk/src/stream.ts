import type { Connection } from './connection';
import { connect, type StreamCall } from './connect';
import { CloudApiError, CloudConnectionError } from './errors';
import type { CallOptions, Route } from './options';
import { backoffMs, defaultRetryPolicy, passes, retryDelayMs, type RetryPolicy } from './retry';
import { anyOf, sleep } from './sleep';
import type { Transport } from './transport';

/**
 * How a stream goes on after its connection was lost: not at all, by asking again (each message tells the whole
 * state), or by asking for what came after the last message read.
 */
export type Resume = 'never' | 'again' | 'after';

/** Messages as they come. Nothing is asked for before iteration begins; leaving the loop closes it. Iterate once. */
export interface Stream<T> extends AsyncIterable<T> {
  /** Ends the iteration, as if the other side had. */
  close(): void;
}

/** A stream in both directions. It opens at once. */
export interface Duplex<Q, A> extends Stream<A> {
  /** Resolves when messages can be sent; rejects with the refusal. */
  readonly opened: Promise<void>;
  /** Resolves when there is room for the next one. */
  send(message: Q): Promise<void>;
  /** No more messages follow from this side. */
  end(): Promise<void>;
}

/** An open stream is taken up again for as long as this after it was lost, in milliseconds. */
const resumeForMs = 5 * 60_000;

export function openStream<T>(
  transport: Transport,
  route: Route,
  path: readonly string[],
  request: object,
  resume: Resume,
  options: CallOptions,
): Stream<T> {
  const closed = new AbortController();
  const signal = anyOf(transport.signalOf(options), closed.signal)!;
  const policy = { ...defaultRetryPolicy, ...transport.options.retry };
  return {
    close: () => closed.abort(),
    async *[Symbol.asyncIterator]() {
      const progress = new Progress(resume, policy);
      for (;;) {
        let connection: Connection<T> | undefined;
        try {
          const call = { route, path, request: { ...request, ...progress.after() }, duplex: false };
          connection = await connect<T>(transport, { ...call, timeoutMs: options.timeoutMs }, signal);
          progress.opened();
          for (;;) {
            const message = await connection.next(signal);
            if (message === undefined) return;
            progress.saw(message);
            yield message;
          }
        } catch (error) {
          if (closed.signal.aborted) return;
          const delayMs = progress.delayAfter(error);
          if (delayMs === undefined) throw error;
          await sleep(delayMs, signal).catch((reason: unknown) => {
            if (!closed.signal.aborted) throw reason;
          });
          if (closed.signal.aborted) return;
        } finally {
          connection?.close();
        }
      }
    },
  };
}

/** How far a stream has come, and whether and when it is opened again. */
class Progress {
  #last?: unknown;
  #everOpen = false;
  #failures = 0;
  #failingSince?: number;

  constructor(
    private readonly resume: Resume,
    private readonly policy: RetryPolicy,
  ) {}

  after(): { after?: string } {
    const id = (this.#last as { id?: string } | undefined)?.id;
    return this.resume === 'after' && id ? { after: id } : {};
  }

  opened(): void {
    this.#everOpen = true;
  }

  saw(message: unknown): void {
    this.#last = message;
    this.#failures = 0;
    this.#failingSince = undefined;
  }

  /** In milliseconds; undefined: not at all. */
  delayAfter(error: unknown): number | undefined {
    const failures = this.#failures++;
    if (!this.#everOpen) return retryDelayMs(error, failures, this.policy);
    // 429 in the midst of a stream: its reader fell behind, and goes on where it is.
    const behind = error instanceof CloudApiError && error.status === 429;
    if (this.resume === 'never' || !(behind || passes(error))) return undefined;
    this.#failingSince ??= Date.now();
    if (Date.now() - this.#failingSince > resumeForMs) return undefined;
    const { retryAfterSeconds = 0 } = error as { retryAfterSeconds?: number };
    return Math.max(backoffMs(failures, this.policy), retryAfterSeconds * 1000);
  }
}

export function openDuplex<Q, A>(
  transport: Transport,
  route: Route,
  path: readonly string[],
  options: CallOptions = {},
): Duplex<Q, A> {
  const closed = new AbortController();
  const signal = anyOf(transport.signalOf(options), closed.signal)!;
  const call: StreamCall = { route, path, request: {}, duplex: true, timeoutMs: options.timeoutMs };
  const connection = connect<A>(transport, call, signal);
  const opened = connection.then(() => undefined);
  opened.catch(() => {}); // whoever reads or sends is told
  return {
    opened,
    send: async (message) => (await connection).send(JSON.stringify(message), signal),
    end: async () => (await connection).send('', signal),
    close: () => {
      closed.abort(new CloudConnectionError(transport.url.origin, 'the stream was closed here'));
      connection.then((open) => open.close()).catch(() => {}); // it never opened: nothing to close
    },
    async *[Symbol.asyncIterator]() {
      try {
        const open = await connection;
        for (;;) {
          const message = await open.next(signal);
          if (message === undefined) return;
          yield message;
        }
      } catch (error) {
        if (!closed.signal.aborted) throw error;
      } finally {
        connection.then((open) => open.close()).catch(() => {}); // as above
      }
    },
  };
}
