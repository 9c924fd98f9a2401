import { sample, array, nat } from 'fast-check';

/** Bytes that were damaged on their way, and how: "cut after 512 of 10240 bytes". */
export interface Damaged {
  readonly how: string;
  readonly bytes: Buffer;
}

/** How a reader took them: `error` is what it threw, `value` what it answered. */
export interface Reading {
  readonly how: string;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** The bytes cut at `places` even distances: the first is empty, the last lacks one byte. */
export function truncations(whole: Uint8Array, places = 20): Damaged[] {
  const lengths = Array.from({ length: places }, (_, i) =>
    Math.floor((i * (whole.length - 1)) / (places - 1)),
  );
  return [...new Set(lengths)].map((length) => ({
    how: `cut after ${length} of ${whole.length} bytes`,
    bytes: Buffer.from(whole.subarray(0, length)),
  }));
}

/** `count` copies, in each of which one to eight bits are flipped. The same seed flips the same bits. */
export function bitFlips(whole: Uint8Array, count: number, seed: number): Damaged[] {
  const bits = array(nat({ max: whole.length * 8 - 1 }), { minLength: 1, maxLength: 8 });
  return sample(bits, { numRuns: count, seed }).map((flipped) => {
    const bytes = Buffer.from(whole);
    for (const bit of flipped) bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return { how: `bits ${flipped.join(', ')} flipped (seed ${seed})`, bytes };
  });
}

/**
 * Gives each of them to a reader, one after the other. Fails when one is not read within `ms`. An error event or a
 * rejection that nothing handles fails the test by itself: Jest listens for both.
 */
export async function readEach(
  damaged: readonly Damaged[],
  read: (bytes: Buffer) => Promise<unknown>,
  ms = 10_000,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const { how, bytes } of damaged) readings.push(await readOne(how, read(bytes), ms));
  return readings;
}

async function readOne(how: string, reading: Promise<unknown>, ms: number): Promise<Reading> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not read within ${ms} ms: ${how}`)), ms);
  });
  const ended = reading.then(
    (value): Reading => ({ how, value }),
    (error: unknown): Reading => ({ how, error }),
  );
  return Promise.race([ended, tooLate]).finally(() => clearTimeout(timer));
}
