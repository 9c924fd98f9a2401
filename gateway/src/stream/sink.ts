import type { CloudError } from '@thecloud/kernel';

/** Where the messages of a stream go once it has begun: a WebSocket or a chunked body. */
export interface Sink {
  /** Resolves when there is room for the next message, at the latest when the reader has gone. */
  send(message: Buffer): Promise<void>;
  /** All has been said. */
  end(): void;
  /** It broke off. GATEWAY_STOPPING means that it can be had again elsewhere at once. */
  fail(error: CloudError): void;
  /** Cuts the connection, whatever is still unsent. */
  destroy(): void;
}

/** What may lie unsent in a connection before no more is read from the service, bytes. */
export const mostBuffered = 256 * 1024;
