/** Bytes before each piece of a multiplexed stream: which one, three zeros, length. */
const HEADER = 8;
/** Docker's own pieces are at most some 32 KiB; what claims more is no multiplexed stream. */
const MOST_BYTES = 1 << 20;

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

/** Takes Docker's multiplexed stream apart. Holds at most one unfinished piece. */
export class FrameParser {
  #rest: Buffer = Buffer.alloc(0);

  /** The pieces that are whole by now. @throws Error when it is no multiplexed stream */
  push(chunk: Buffer): Frame[] {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const frames: Frame[] = [];
    let at = 0;
    while (at + HEADER <= bytes.length) {
      const length = bytes.readUInt32BE(at + 4);
      if (length > MOST_BYTES) throw new Error('Docker sent something else than a multiplexed stream');
      const end = at + HEADER + length;
      if (end > bytes.length) break;
      frames.push({ stream: bytes[at] === 2 ? 'stderr' : 'stdout', data: bytes.subarray(at + HEADER, end) });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

/**
 * The pieces of a stream, in batches as they arrive. Docker's client has a demultiplexer, too, but that one writes on
 * without asking whether there is room.
 */
export async function* framesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Frame[]> {
  const parser = new FrameParser();
  for await (const chunk of stream) {
    const frames = parser.push(chunk);
    if (frames.length > 0) yield frames;
  }
}
