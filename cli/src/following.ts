import type { Io } from './io';

/** Goes on until the stream ends or the user has seen enough: that is how following ends, and no fault. */
export async function follow<T>(
  io: Io,
  stream: AsyncIterable<T>,
  each: (item: T) => Promise<void> | void,
): Promise<void> {
  try {
    for await (const item of stream) await each(item);
  } catch (error) {
    if (!io.signal.aborted) throw error;
  }
}
