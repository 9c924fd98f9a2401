import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CloudError } from '@thecloud/kernel';
import { errors } from '../errors';
import { digesting } from './digesting';
import { contentOf } from './tar-reader';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';
import { inflateZstd } from './zstd-frames';

export type Compression = 'none' | 'gzip' | 'zstd';

const PIECE_BYTES = 256 * 1024;

/** By their first bytes. */
const MAGIC: ReadonlyArray<readonly [RegExp, string]> = [
  [/^1f8b/, 'gzip'],
  [/^(28b52ffd|5.2a4d18)/, 'zstd'], // a frame, or one to be skipped
  [/^fd377a585a00/, 'xz'],
  [/^425a68/, 'bzip2'],
  [/^04224d18/, 'lz4'],
  [/^1f9d/, 'compress'],
  [/^504b0304/, 'zip'],
];

/** How bytes are compressed. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID: in a way that is not read here. */
export async function compressionOf(extent: Extent): Promise<Compression> {
  const start = (await contentOf({ ...extent, size: Math.min(6, extent.size) })).toString('hex');
  const [, found = 'none'] = MAGIC.find(([magic]) => magic.test(start)) ?? [];
  if (found === 'none' || found === 'gzip' || found === 'zstd') return found;
  throw errors.IMAGE_ARCHIVE_INVALID({ why: `it is compressed by ${found}; use gzip, zstd or nothing` });
}

export interface Decompressed {
  /** Of what came out: "sha256:…". */
  readonly plainDigest: string;
  /** Whether all bytes belonged to the compressed data. */
  readonly whole: boolean;
}

/**
 * Decompresses into a new file, of the bytes left in the budget. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID: cut short,
 * damaged, too large, or in too many frames; IMAGE_NEVER_FITS. RESOURCE_EXHAUSTED IMAGE_SPOOL_FULL: the disk has no
 * room for it now.
 */
export async function decompress(
  from: Extent,
  compression: Exclude<Compression, 'none'>,
  to: string,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<Decompressed> {
  const plain = digesting((bytes) => budget.spendBytes(bytes));
  const read = { bytes: 0 };
  try {
    const file = createWriteStream(to, { mode: 0o600 });
    const inflated = compression === 'gzip' ? gunzip(from, read) : inflateZstd(from, budget, read);
    await pipeline([Readable.from(inflated), plain.stream, whileRoom(budget), file], { signal });
  } catch (cause) {
    if (cause instanceof CloudError || !isDamage(cause)) throw cause;
    const why = isWide(cause)
      ? 'its zstd data needs a window larger than 128 MiB; compress it with --long=27 at most'
      : `its ${compression} data is damaged or cut short`;
    throw errors.IMAGE_ARCHIVE_INVALID({ why }, cause);
  }
  if (!budget.hasRoom) throw errors.IMAGE_SPOOL_FULL({});
  return { plainDigest: plain.digest(), whole: read.bytes === from.size };
}

/** Drops what the disk has no room for: it is only counted. */
const whileRoom = (budget: UnpackBudget): Transform =>
  new Transform({
    transform: (piece: Buffer, _encoding, done) => (budget.hasRoom ? done(null, piece) : done()),
  });

/** gzip data may be many members one after the other, all of which Node's decompressor reads. */
async function* gunzip(from: Extent, read: { bytes: number }): AsyncGenerator<Buffer> {
  const source = readExtent(from);
  const inflating = createGunzip();
  source.on('error', (cause) => inflating.destroy(cause));
  try {
    yield* source.pipe(inflating) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
  read.bytes = inflating.bytesWritten;
}

/** The bytes of an extent as a stream; nothing of it is left open. */
export const readExtent = (extent: Extent): Readable => Readable.from(pieces(extent), { objectMode: false });

async function* pieces({ file, at, size }: Extent): AsyncGenerator<Buffer> {
  for (let done = 0; done < size;) {
    const length = Math.min(PIECE_BYTES, size - done);
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at + done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** More memory than the decompressor takes. */
const isWide = (cause: unknown) =>
  (cause as { code?: unknown }).code === 'ZSTD_error_frameParameter_windowTooLarge';

/** zlib names what is wrong with data Z_… or ZSTD_…; what goes wrong with files has other codes. */
const isDamage = (cause: unknown) => /^(Z_|ZSTD_)/.test(String((cause as { code?: unknown }).code));
