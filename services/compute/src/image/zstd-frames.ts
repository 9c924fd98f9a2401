import { createZstdDecompress } from 'node:zlib';
import type { ZstdDecompress } from 'node:zlib';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

const PIECE_BYTES = 256 * 1024;
/** Magic number and size of a skippable frame (RFC 8878, 3.1.2), and how many bytes both take. */
const SKIPPABLE = 0x184d2a50;
const HEAD_BYTES = 8;

/** Decompresses an extent of zstd data. `read.bytes` says how much of it was read. */
export async function* inflateZstd(
  from: Extent,
  budget: UnpackBudget,
  read: { bytes: number },
): AsyncGenerator<Buffer> {
  const input = new PositionedInput(from);
  while (read.bytes < from.size) {
    budget.spendFrame();
    const before = input.at;
    if (!(await skipFrame(input))) yield* inflateFrame(input);
    read.bytes = input.at;
    if (input.at === before) return;
  }
}

async function skipFrame(input: PositionedInput): Promise<boolean> {
  const head = await input.peek(HEAD_BYTES);
  if (head.length < HEAD_BYTES || (head.readUInt32LE(0) & 0xfffffff0) >>> 0 !== SKIPPABLE) return false;
  const end = input.at + HEAD_BYTES + head.readUInt32LE(4);
  if (end > input.size) return false; // cut short, which the decompressor says
  input.at = end;
  return true;
}

/** Node's decompressor ends with its first frame, so that each frame takes a new one. */
async function* inflateFrame(input: PositionedInput): AsyncGenerator<Buffer> {
  const inflating = createZstdDecompress();
  const start = input.at;
  const feeding = feed(input, inflating).catch((cause: Error) => void inflating.destroy(cause));
  try {
    yield* inflating as AsyncIterable<Buffer>;
  } finally {
    inflating.destroy();
    await feeding;
  }
  input.at = start + inflating.bytesWritten;
}

/**
 * Gives one piece at a time, until one is left with bytes that do not belong to the frame: another one given then would
 * be taken for compressed data, until a slow reader has seen the frame's end.
 */
async function feed(input: PositionedInput, inflating: ZstdDecompress): Promise<void> {
  const start = input.at;
  while (!inflating.destroyed && inflating.bytesWritten === input.at - start) {
    const piece = await input.piece();
    if (piece.length === 0) return void inflating.end();
    input.at += piece.length;
    await new Promise<void>((resolve) => {
      inflating.once('close', resolve);
      inflating.write(piece, () => {
        inflating.off('close', resolve);
        resolve();
      });
    });
  }
}

/** An extent and a position in it. A file is read once, piece by piece, however often the position moves in a piece. */
class PositionedInput {
  at = 0;
  #piece = Buffer.alloc(0);
  #pieceAt = 0;

  constructor(private readonly from: Extent) {}

  get size(): number {
    return this.from.size;
  }

  /** What is left of the piece at the position; empty at the end. */
  async piece(): Promise<Buffer> {
    const left = this.#left();
    return left.length > 0 ? left : this.#load();
  }

  /** The next bytes, fewer at the end. */
  async peek(count: number): Promise<Buffer> {
    const left = this.#left();
    return (left.length < count ? await this.#load() : left).subarray(0, count);
  }

  #left(): Buffer {
    const offset = this.at - this.#pieceAt;
    return offset >= 0 && offset < this.#piece.length ? this.#piece.subarray(offset) : Buffer.alloc(0);
  }

  async #load(): Promise<Buffer> {
    const { file, at, size } = this.from;
    const length = Math.max(0, Math.min(PIECE_BYTES, size - this.at));
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at + this.at);
    this.#piece = buffer.subarray(0, bytesRead);
    this.#pieceAt = this.at;
    return this.#piece;
  }
}
