import { CloudApiError, CloudConnectionError, type Problem } from './errors';
import { reasonOf } from './sleep';
import { onRefusal, type SocketFactory, type SocketLike } from './socket';

/** What may wait here for a slow reader, in characters, before the other side has to wait. */
export const mostQueued = 8 * 1024 * 1024;
/** What may wait unsent, in bytes, before a sender has to wait; and how often it looks, in milliseconds. */
const mostUnsent = 256 * 1024;
const lookMs = 10;

type Ending = { error?: Error };

/** One WebSocket to the gateway: frames in as values, frames out as JSON. */
export class Connection<A> {
  readonly #queue: { text: string }[] = [];
  #queued = 0;
  #paused = false;
  #ending?: Ending;
  #wake?: () => void;

  private constructor(
    private readonly socket: SocketLike,
    private readonly origin: string,
  ) {}

  /** Resolves when it is open. Rejects with the refusal where it can be seen, else with a CloudConnectionError. */
  static open<A>(
    make: SocketFactory,
    url: URL,
    protocols: string[],
    origin: string,
    signal: AbortSignal,
  ): Promise<Connection<A>> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(reasonOf(signal));
      const socket = make(url.href, protocols);
      const connection = new Connection<A>(socket, origin);
      let open = false;
      let why = 'the WebSocket was refused';
      const fail = (error: Error) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      };
      const onAbort = () => {
        if (open) return;
        fail(reasonOf(signal));
        socket.close();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      onRefusal(socket, fail);
      socket.onerror = (event: { message?: string; error?: Error }) => {
        why = event.error?.message || event.message || why;
      };
      socket.onmessage = (event: { data: unknown }) => connection.#receive(String(event.data));
      socket.onclose = (event: { code: number }) => {
        if (open) connection.#closed(event.code);
        else fail(new CloudConnectionError(origin, why));
      };
      socket.onopen = () => {
        open = true;
        signal.removeEventListener('abort', onAbort);
        resolve(connection);
      };
    });
  }

  /** The next message; undefined when the other side has ended. Throws how it failed instead. */
  async next(signal: AbortSignal): Promise<A | undefined> {
    for (;;) {
      const frame = this.#queue.shift();
      if (frame) return this.#read(frame.text);
      if (signal.aborted) throw reasonOf(signal);
      if (this.#ending) {
        if (this.#ending.error) throw this.#ending.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** Resolves when there is room for more. */
  async send(text: string, signal: AbortSignal): Promise<void> {
    if (this.#ending)
      throw this.#ending.error ?? new CloudConnectionError(this.origin, 'the stream has ended');
    this.socket.send(text);
    while (this.socket.bufferedAmount > mostUnsent && !this.#ending && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  close(): void {
    this.#end({});
    if (this.#paused) this.socket.resume?.(); // or it would not see the answer to its farewell
    this.socket.close(1000);
  }

  #receive(text: string): void {
    if (this.#ending) return;
    this.#queue.push({ text });
    this.#queued += text.length;
    if (this.#queued > mostQueued) this.#hold();
    this.#wake?.();
  }

  // What cannot be paused is cut: what has come is still read, then a stream that can be resumed is.
  #hold(): void {
    if (this.socket.pause) {
      this.socket.pause();
      this.#paused = true;
    } else {
      this.#end({
        error: new CloudConnectionError(this.origin, 'it sent faster than its messages were read'),
      });
      this.socket.close(4000, 'too slow');
    }
  }

  #read(text: string): A {
    this.#queued -= text.length;
    if (this.#paused && this.#queued < mostQueued / 2) {
      this.#paused = false;
      this.socket.resume?.();
    }
    let frame: { result?: A; error?: Problem };
    try {
      frame = JSON.parse(text) as typeof frame;
    } catch (cause) {
      throw new CloudConnectionError(this.origin, 'it sent what is no JSON', cause);
    }
    if (frame.error) throw new CloudApiError(frame.error.status ?? 500, frame.error);
    return frame.result as A;
  }

  #closed(code: number): void {
    if (code === 1000) this.#end({});
    else if (code >= 4400 && code < 4600) this.#end({ error: new CloudApiError(code - 4000, {}) });
    else this.#end({ error: new CloudConnectionError(this.origin, `the connection was lost (${code})`) });
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#wake?.();
  }
}
