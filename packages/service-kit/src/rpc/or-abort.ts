/**
 * What the work comes to, or the signal's reason if that fires first. Leaves nothing behind at the signal: unlike a
 * race with one promise for the whole of a long stream, which would gather a reaction for each message.
 */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
