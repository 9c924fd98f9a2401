import { bitFlips, readEach, truncations } from './damaged';

const whole = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

it('cuts at as many places as asked, from nothing to all but the last byte', () => {
  const lengths = truncations(whole, 20).map(({ bytes }) => bytes.length);
  expect(lengths).toHaveLength(20);
  expect([lengths[0], lengths[19]]).toEqual([0, 999]);
  expect(truncations(whole, 20).every(({ bytes }) => whole.subarray(0, bytes.length).equals(bytes))).toBe(
    true,
  );
});

it('cuts short bytes at fewer places', () => {
  expect(truncations(Buffer.from('abc'), 20).map(({ bytes }) => bytes.toString())).toEqual(['', 'a', 'ab']);
});

it('flips other bits for another seed, and the same ones for the same', () => {
  const flipped = bitFlips(whole, 50, 7);
  expect(flipped).toHaveLength(50);
  expect(flipped.every(({ bytes }) => bytes.length === whole.length)).toBe(true);
  expect(flipped.filter(({ bytes }) => !bytes.equals(whole)).length).toBeGreaterThan(45);
  expect(bitFlips(whole, 50, 7)).toEqual(flipped);
  expect(bitFlips(whole, 50, 8)).not.toEqual(flipped);
});

it('says how each was read, and names the one that never was', async () => {
  const cut = truncations(Buffer.from('abc'), 3);
  const refused = new Error('too short');
  const readings = await readEach(cut, (bytes) =>
    bytes.length > 1 ? Promise.resolve(bytes.length) : Promise.reject(refused),
  );
  expect(readings).toEqual([
    { how: 'cut after 0 of 3 bytes', error: refused },
    { how: 'cut after 1 of 3 bytes', error: refused },
    { how: 'cut after 2 of 3 bytes', value: 2 },
  ]);
  await expect(readEach(cut, () => new Promise(() => undefined), 1)).rejects.toThrow(
    'not read within 1 ms: cut after 0 of 3 bytes',
  );
});
