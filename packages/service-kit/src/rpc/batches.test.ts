import { batchesOf } from './batches';

const messages = (...bytes: number[]) => bytes.map((size) => ({ message: Buffer.alloc(size) }));
const sizes = (batches: { message: Buffer }[][]) =>
  batches.map((batch) => batch.map((b) => b.message.length));
const MIB = 1 << 20;

it('puts together what is small, and sends what is large alone, in order', () => {
  const all = messages(10, 20, MIB - 30, 1, 3 * MIB, 5);
  expect(sizes(batchesOf(all))).toEqual([[10, 20, MIB - 30], [1], [3 * MIB], [5]]);
});

it('makes no message of nothing', () => {
  expect(batchesOf([])).toEqual([]);
  expect(sizes(batchesOf(messages(0, 0)))).toEqual([[0, 0]]);
});
