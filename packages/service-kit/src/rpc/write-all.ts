import { orAbort } from './or-abort';

/** The writing end of a stream: of a server's call, or of a client's. */
export interface Sink<T> {
  write(message: T): boolean;
  once(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}

/**
 * Writes each message once there is room for it. A slow reader costs what the transport itself buffers (16 messages
 * and an HTTP/2 window), and makes the source wait. Rejects with the signal's reason as soon as it fires, even while the
 * source is silent; the source is closed then, so that its `finally` runs.
 */
export async function writeAll<T>(
  sink: Sink<T>,
  messages: AsyncIterable<T>,
  signal: AbortSignal,
): Promise<void> {
  const source = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAbort(source.next(), signal);
      if (next.done) return;
      if (!sink.write(next.value)) await drained(sink, signal);
    }
  } catch (thrown) {
    // Not waited for: a source that waits for something else ends when that does. What it throws has nobody to read it.
    source.return?.().catch(() => undefined);
    throw thrown;
  }
}

async function drained<T>(sink: Sink<T>, signal: AbortSignal): Promise<void> {
  let resume = () => {};
  const room = new Promise<void>((resolve) => sink.once('drain', (resume = resolve)));
  await orAbort(room, signal).finally(() => sink.off('drain', resume));
}
