import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** A stream that passes bytes on, counts and hashes them, and fails with `tooLarge` when they exceed `limit`. */
export interface Digesting {
  readonly stream: Transform;
  /** "sha256:…" */
  digest(): string;
  bytes(): number;
}

export function digesting(limit = Infinity, tooLarge?: () => Error): Digesting {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | undefined;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes > limit) done(tooLarge?.() ?? new Error(`more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
  return { stream, digest: () => (digest ??= `sha256:${hash.digest('hex')}`), bytes: () => bytes };
}
