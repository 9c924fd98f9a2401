import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { until } from '../../../../fixtures/until';
import type { LogOptions } from '../../ports/log-driver';
import { readLocalLog } from './local-log';

const never = new AbortController().signal;
let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'local-log-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (age = 0) => join(dir, age === 0 ? 'container.log' : `container.log.${age}`);

/** As Docker's "local" driver writes it. */
function record(timeNs: bigint, line: string | Buffer, stream = 'stdout', piece?: 'first' | 'last'): Buffer {
  const message = new BinaryWriter();
  message.tag(1, WireType.LengthDelimited).string(stream);
  message.tag(2, WireType.Varint).int64(timeNs);
  message.tag(3, WireType.LengthDelimited).bytes(Buffer.from(line as string));
  if (piece) {
    message.tag(4, WireType.Varint).bool(true);
    const meta = new BinaryWriter();
    if (piece === 'last') meta.tag(1, WireType.Varint).bool(true);
    meta.tag(2, WireType.LengthDelimited).string('id');
    message.tag(5, WireType.LengthDelimited).bytes(meta.finish());
  }
  const bytes = Buffer.from(message.finish());
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes, length]);
}
const lines = (from: number, to: number) =>
  Buffer.concat(
    Array.from({ length: to - from + 1 }, (_, i) => record(BigInt(from + i), `line ${from + i}`)),
  );
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);

/** Gathers what a reader is given, as it comes. */
function read(options: Partial<LogOptions>, ended?: Promise<unknown>, signal = never) {
  const pieces: Buffer[] = [];
  const done = (async () => {
    for await (const batch of readLocalLog(dir, { follow: false, ...options }, ended, signal))
      pieces.push(...batch.map(({ text }) => text));
  })();
  return {
    done,
    bytes: () => Buffer.concat(pieces),
    lines: () => Buffer.concat(pieces).toString().split('\n').slice(0, -1),
  };
}
const all = async (options: Partial<LogOptions>) => {
  const reading = read(options);
  await reading.done;
  return reading.lines();
};

function rotate(): void {
  rmSync(file(2), { force: true });
  for (const age of [1, 0]) {
    try {
      renameSync(file(age), file(age + 1));
    } catch {
      // there is no such file yet
    }
  }
}

describe('of what is there', () => {
  it('reads all files, oldest first, and nothing where there is none', async () => {
    expect(await all({})).toEqual([]);
    writeFileSync(file(2), lines(1, 3));
    writeFileSync(file(1), lines(4, 6));
    writeFileSync(file(), lines(7, 9));
    expect(await all({})).toEqual(numbers(1, 9));
    rmSync(dir, { recursive: true });
    expect(await all({})).toEqual([]);
  });

  it('begins at the last lines, or behind what was read, over its files', async () => {
    writeFileSync(file(2), lines(1, 3));
    writeFileSync(file(1), lines(4, 6));
    writeFileSync(file(), lines(7, 9));
    expect(await all({ tail: 0 })).toEqual([]);
    for (const count of [1, 3, 4, 8, 9, 20])
      expect(await all({ tail: count })).toEqual(numbers(1, 9).slice(-count));
    for (let after = 0; after <= 10; after++)
      expect(await all({ afterNs: BigInt(after) })).toEqual(numbers(1, 9).slice(after));
    expect(await all({ tail: 5, afterNs: 7n })).toEqual(['line 8', 'line 9']);
    expect(await all({ tail: 2, afterNs: 3n })).toEqual(['line 8', 'line 9']);
  });

  it('goes on behind the record read last, though two streams are dated in another order', async () => {
    writeFileSync(file(), Buffer.concat([record(5n, 'b', 'stderr'), record(4n, 'a'), record(6n, 'c')]));
    expect(await all({ afterNs: 5n })).toEqual(['a', 'c']);
    expect(await all({ afterNs: 4n })).toEqual(['c']);
  });

  it('gives the bytes that were written', async () => {
    const binary = Buffer.from(Array.from({ length: 257 }, (_, i) => i % 256));
    const long = Buffer.from(`${'a'.repeat(16_383)}日本`);
    writeFileSync(
      file(),
      Buffer.concat([
        record(1n, long.subarray(0, 16_384), 'stdout', 'first'),
        record(1n, long.subarray(16_384), 'stdout', 'last'),
        record(2n, binary),
        record(3n, 'no line feed', 'stdout', 'first'),
      ]),
    );
    const reading = read({});
    await reading.done;
    const feed = Buffer.from('\n');
    expect(reading.bytes()).toEqual(Buffer.concat([long, feed, binary, feed, Buffer.from('no line feed')]));
  });
});

describe('followed', () => {
  it('gives each line once over rotations, also those that happened while nobody read', async () => {
    const over = Promise.withResolvers<void>();
    writeFileSync(file(), lines(1, 3));
    const reading = read({ follow: true }, over.promise);
    for (let from = 4; from < 400; from += 4) {
      // With three files, its reader may be two of them behind.
      await until('the reader', () => reading.lines().length > from - 20);
      if (from % 3 === 0) rotate();
      appendFileSync(file(), lines(from, from + 1));
      await new Promise(setImmediate);
      const half = lines(from + 2, from + 3);
      appendFileSync(file(), half.subarray(0, 13)); // a record that is being written
      await new Promise(setImmediate);
      appendFileSync(file(), half.subarray(13));
    }
    over.resolve();
    await reading.done;
    expect(reading.lines()).toEqual(numbers(1, reading.lines().length));
    expect(reading.lines().length).toBeGreaterThan(395);
  });

  it('does not read anew what it has read when the log is between two files', async () => {
    const over = Promise.withResolvers<void>();
    writeFileSync(file(), lines(1, 3));
    const reading = read({ follow: true }, over.promise);
    await until('the reader', () => reading.lines().length === 3);
    rotate();
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate); // for it to look
    writeFileSync(file(), lines(4, 5));
    over.resolve();
    await reading.done;
    expect(reading.lines()).toEqual(numbers(1, 5));
  });

  it('ends when its reader goes, and fails when the engine does', async () => {
    const reader = new AbortController();
    const reading = read({ follow: true }, new Promise(() => undefined), reader.signal);
    reader.abort(new Error('gone'));
    await expect(reading.done).rejects.toThrow('gone');
    await expect(read({ follow: true }, Promise.reject(new Error('no engine'))).done).rejects.toThrow(
      'no engine',
    );
  });
});

describe('damaged', () => {
  const whole = Buffer.concat([lines(1, 40), record(41n, 'x', 'stdout', 'last')]);

  it('cut anywhere, gives what is whole', async () => {
    for (let cut = 0; cut < whole.length; cut += 7) {
      writeFileSync(file(), whole.subarray(0, cut));
      const seen = await all({});
      expect(seen).toEqual(numbers(1, 40).slice(0, seen.length));
    }
  });

  it('with any bit flipped, gives lines or fails, and ends', async () => {
    for (let bit = 0; bit < whole.length * 8; bit += 11) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file(), flipped);
      await all({}).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
    }
  });
});
