import { errors } from '../errors';
import type { CloudError } from '@thecloud/kernel';

/** A stream that has begun. */
export interface OpenStream {
  /** Ends it with this error. */
  fail(error: CloudError): void;
  destroy(): void;
}

const farewellMs = 2_000;

/** Every stream of this process, so that a stop can end them in an orderly way. */
export class OpenStreams {
  readonly #open = new Set<OpenStream>();
  #closing = false;
  #empty: (() => void) | undefined;

  /** Throws GATEWAY_STOPPING once `close` has been called. Returns what takes it out again. */
  add(stream: OpenStream): () => void {
    if (this.#closing) throw errors.GATEWAY_STOPPING({});
    this.#open.add(stream);
    return () => {
      this.#open.delete(stream);
      if (this.#open.size === 0) this.#empty?.();
    };
  }

  /** Tells every reader to connect again, and cuts off those that have not gone after two seconds. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#open.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.#empty = resolve));
    for (const stream of this.#open) stream.fail(errors.GATEWAY_STOPPING({}));
    const cutOff = setTimeout(() => this.#open.forEach((stream) => stream.destroy()), farewellMs);
    await empty;
    clearTimeout(cutOff);
  }
}
