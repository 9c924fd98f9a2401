import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { compressionOf, decompress } from './decompress';
import { UnpackBudget } from './unpack-budget';
import { inflateZstd } from './zstd-frames';

const dir = mkdtempSync(join(tmpdir(), 'decompress-'));
afterAll(() => rmSync(dir, { recursive: true }));
const never = new AbortController().signal;
const plain = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
const MIB = 1024 * 1024;

/** What comes out of it, and whether all of it was read. */
async function unpack(bytes: Buffer, limit = MIB): Promise<{ out: Buffer; whole: boolean }> {
  const [from, to] = [join(dir, 'from'), join(dir, 'to')];
  writeFileSync(from, bytes);
  const file = await open(from);
  try {
    const extent = { file, at: 0, size: bytes.length };
    const compression = await compressionOf(extent);
    if (compression === 'none') return { out: bytes, whole: true };
    const { whole } = await decompress(extent, compression, to, new UnpackBudget({ bytes: limit }), never);
    return { out: readFileSync(to), whole };
  } finally {
    await file.close();
  }
}

const [gzip, zstd] = [gzipSync(plain), zstdCompressSync(plain)];
const invalid = { reason: 'IMAGE_ARCHIVE_INVALID', code: 'INVALID_ARGUMENT' };
const skipped = Buffer.from('502a4d1803000000616263', 'hex');
const skippedMegabyte = Buffer.concat([Buffer.from('5f2a4d1840420f00', 'hex'), Buffer.alloc(1_000_000)]);

it.each([
  ['gzip', gzip, plain],
  ['two members of gzip', Buffer.concat([gzip, gzip]), Buffer.concat([plain, plain])],
  ['zstd', zstd, plain],
  ['many frames of zstd', Buffer.concat(Array(50).fill(zstd)), Buffer.concat(Array(50).fill(plain))],
  ['frames of zstd that are to be skipped', Buffer.concat([skipped, zstd, skipped]), plain],
  ['nothing compressed', plain, plain],
])('unpacks %s', async (_what, bytes, expected) => {
  const { out, whole } = await unpack(bytes, 100 * MIB);
  expect(out.equals(expected)).toBe(true);
  expect(whole).toBe(true);
});

it('notices zeros after the end of gzip data, and refuses other bytes there', async () => {
  const garbage = Buffer.alloc(100, 7);
  const { out, whole } = await unpack(Buffer.concat([gzip, Buffer.alloc(100)]));
  expect({ same: out.equals(plain), whole }).toEqual({ same: true, whole: false });
  for (const bytes of [gzip, zstd])
    await expect(unpack(Buffer.concat([bytes, garbage]))).rejects.toMatchObject({
      reason: 'IMAGE_ARCHIVE_INVALID',
    });
});

/** As `zstd --long=N` begins, with one byte in it. */
const zstdOfWindow = (log: number) =>
  Buffer.from([...Buffer.from('28b52ffd00', 'hex'), (log - 10) << 3, 9, 0, 0, 120]);

it('names a window of zstd that is larger than what is unpacked here', async () => {
  expect((await unpack(zstdOfWindow(27))).out.toString()).toBe('x');
  for (const log of [28, 31])
    await expect(unpack(zstdOfWindow(log))).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('a window larger than 128 MiB') as string,
    });
});

it('unpacks no more than the limit', async () => {
  for (const bomb of [gzipSync(Buffer.alloc(64 * MIB)), zstdCompressSync(Buffer.alloc(64 * MIB))])
    await expect(unpack(bomb)).rejects.toThrow('unpacked it is larger than 1 MiB');
});

it('unpacks many small frames, as zstd:chunked has them', async () => {
  const header = Buffer.alloc(512, 'h');
  const file = [zstdCompressSync(header), zstdCompressSync(Buffer.from('tiny')), skipped];
  const { out, whole } = await unpack(Buffer.concat(Array(2_000).fill(file).flat() as Buffer[]), 100 * MIB);
  expect({ length: out.length, whole }).toEqual({ length: 2_000 * 516, whole: true });
});

it('unpacks a frame that is skipped and larger than what is read at once', async () => {
  const { out, whole } = await unpack(Buffer.concat([zstd, skippedMegabyte, zstd]));
  expect(out.equals(Buffer.concat([plain, plain]))).toBe(true);
  expect(whole).toBe(true);
  await expect(unpack(Buffer.concat([zstd, skippedMegabyte.subarray(0, 900_000)]))).rejects.toMatchObject(
    invalid,
  );
});

it('reads no further than a frame for a reader that is slow', async () => {
  const path = join(dir, 'slow');
  writeFileSync(path, Buffer.concat([zstd, skippedMegabyte, zstd]));
  const file = await open(path);
  const from = { file, at: 0, size: (await file.stat()).size };
  let bytes = 0;
  for await (const piece of inflateZstd(from, new UnpackBudget({ bytes: MIB }), { bytes: 0 })) {
    bytes += piece.length;
    await pause(50);
  }
  await file.close();
  expect(bytes).toBe(2 * plain.length);
});

it.each([
  ['empty frames', zstdCompressSync(Buffer.alloc(0))],
  ['frames of a byte', zstdCompressSync(Buffer.from('x'))],
  ['frames to be skipped', skipped],
])('refuses millions of %s at once', async (_what, frame) => {
  const bytes = Buffer.alloc(64 * MIB, frame);
  // Reading on for each of them would take an hour.
  await expect(unpack(bytes)).rejects.toMatchObject(invalid);
});

it.each([
  ['xz', ['xz', '-c']],
  ['bzip2', ['bzip2', '-c']],
])('names %s, which it does not read', async (name, [program = '', ...options]) => {
  const bytes = execFileSync(program, options, { input: plain });
  await expect(unpack(bytes)).rejects.toThrow(`it is compressed by ${name}`);
});

it.each([
  ['gzip', gzip],
  ['zstd', zstd],
])('refuses damaged %s as such', async (_name, bytes) => {
  for (const { how, error } of await readEach(truncations(bytes).slice(1), unpack))
    expect({ how, error }).toMatchObject({ error: { reason: 'IMAGE_ARCHIVE_INVALID' } });
  // Some flips hit a byte that means nothing, or make it something else than compressed data.
  for (const { how, error } of await readEach(bitFlips(bytes, 100, 1), unpack))
    if (error) expect({ how, error }).toMatchObject({ error: { reason: 'IMAGE_ARCHIVE_INVALID' } });
});

test.each([
  ['fits an empty disk, but not this one now', 4 * MIB, { code: 'RESOURCE_EXHAUSTED', reason: 'IMAGE_SPOOL_FULL' }],
  ['fits not even an empty disk', 2 * MIB, { code: 'INVALID_ARGUMENT', reason: 'IMAGE_NEVER_FITS' }],
])('what is unpacked and %s is told apart, and never written beyond what there is room for', async (_how, mostBytes, refusal) => {
  const path = join(dir, `bomb-${mostBytes}`);
  writeFileSync(path, gzipSync(Buffer.alloc(3 * MIB)));
  const file = await open(path);
  try {
    const budget = new UnpackBudget({ bytes: 8 * MIB, room: { bytes: MIB, mostBytes } });
    const extent = { file, at: 0, size: (await file.stat()).size };
    await expect(decompress(extent, 'gzip', `${path}.plain`, budget, never)).rejects.toMatchObject(refusal);
    expect(statSync(`${path}.plain`).size).toBeLessThanOrEqual(MIB);
  } finally {
    await file.close();
  }
}); // prettier-ignore
