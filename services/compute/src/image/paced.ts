import { errors } from '../errors';

export interface PaceLimits {
  /** The longest wait for the next message of the caller, ms. */
  readonly idleMs: number;
  /** The least that comes on average, after the first `idleMs`. */
  readonly bytesPerSecond: number;
}

/**
 * The messages of a caller, as long as they come fast enough. Only the time in which the caller is waited for counts, not
 * that in which a message is worked on. INVALID_ARGUMENT IMAGE_UPLOAD_TOO_SLOW.
 */
export async function* paced<T extends { readonly chunk: Uint8Array }>(
  messages: AsyncIterable<T>,
  { idleMs, bytesPerSecond }: PaceLimits,
): AsyncGenerator<T> {
  const source = messages[Symbol.asyncIterator]();
  const tooSlow = () =>
    errors.IMAGE_UPLOAD_TOO_SLOW({
      idleSeconds: String(idleMs / 1000),
      kibPerSecond: String(bytesPerSecond / 1024),
    });
  let bytes = 0;
  let waitedMs = 0;
  for (;;) {
    const affordableMs = idleMs + (bytes / bytesPerSecond) * 1000 - waitedMs;
    if (affordableMs <= 0) throw tooSlow();
    const asked = performance.now();
    const next = await within(source.next(), Math.min(idleMs, affordableMs), tooSlow);
    waitedMs += performance.now() - asked;
    if (next.done) return;
    bytes += next.value.chunk.length;
    yield next.value;
  }
}

function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
