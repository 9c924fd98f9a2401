import { Batcher } from './batcher';
import { commonErrors } from './common-errors';

it('does together what comes in one turn, and what comes while a batch is under way', async () => {
  const batches: number[][] = [];
  const ends: Array<() => void> = [];
  const doubling = new Batcher<number, number>(3, async (items) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((n) => n * 2);
  });
  const first = [1, 2].map((n) => doubling.add(n));
  while (ends.length === 0) await new Promise(setImmediate);
  const later = [3, 4, 5, 6].map((n) => doubling.add(n));
  const all = Promise.all([...first, ...later]);
  for (let n = 0; n < 3; n++) {
    while (ends.length === n) await new Promise(setImmediate);
    ends[n]?.();
  }
  expect(await all).toEqual([2, 4, 6, 8, 10, 12]);
  expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
});

it('lets one bad item spoil no other', async () => {
  const inverting = new Batcher<number, number>(10, async (items) => {
    if (items.includes(0)) throw new RangeError('no inverse');
    return items.map((n) => 1 / n);
  });
  const results = await Promise.allSettled([1, 0, 4].map((n) => inverting.add(n)));
  expect(results.map((r) => (r.status === 'fulfilled' ? r.value : (r.reason as Error).name))).toEqual([
    1,
    'RangeError',
    0.25,
  ]);
});

it('tries none alone when what failed concerns all', async () => {
  let calls = 0;
  const down = new Batcher<number, number>(10, async () => {
    calls += 1;
    throw commonErrors.UNAVAILABLE({ what: 'The database' });
  });
  const results = await Promise.allSettled([1, 2, 3].map((n) => down.add(n)));
  expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(calls).toBe(1);
});

it('takes a wrong number of results for a bug', async () => {
  const forgetful = new Batcher<number, number>(10, async () => []);
  await expect(forgetful.add(1)).rejects.toThrow('1 items gave 0 results');
});
