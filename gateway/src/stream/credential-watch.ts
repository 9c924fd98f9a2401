import { CloudError } from '@thecloud/kernel';

const refusals = new Set(['UNAUTHENTICATED', 'PERMISSION_DENIED', 'NOT_FOUND']);

/**
 * Looks every `everyMs` at whether a stream's credential still counts, and tells `fail` once it does not. Returns what
 * stops it.
 */
export function watchCredential(
  stillAllowed: () => Promise<unknown>,
  everyMs: number,
  fail: (error: CloudError) => void,
): () => void {
  const timer = setInterval(() => {
    stillAllowed().catch((error: unknown) => {
      // Identity away is no reason to end what it once allowed.
      if (error instanceof CloudError && refusals.has(error.code)) fail(error);
    });
  }, everyMs);
  return () => clearInterval(timer);
}
