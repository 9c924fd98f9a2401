import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** A stream that passes bytes on, counts and hashes them, and fails when `admit` throws for a number of them. */
export interface Digesting {
  readonly stream: Transform;
  /** "sha256:…" */
  digest(): string;
  bytes(): number;
}

export function digesting(admit?: (bytes: number) => void): Digesting {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | undefined;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        admit?.(chunk.length);
      } catch (cause) {
        return done(cause as Error);
      }
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, digest: () => (digest ??= `sha256:${hash.digest('hex')}`), bytes: () => bytes };
}
