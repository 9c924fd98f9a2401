import { ConcurrencyLimit } from './concurrency-limit';

const tooLate = () => new Error('too late');

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

it('holds to its size when a newcomer comes between the end of one and the start of the next', async () => {
  const limit = new ConcurrencyLimit(1, 10_000, tooLate);
  const all: Array<Promise<void>> = [];
  let [now, most] = [0, 0];
  const run = ({ work }: { work: () => Promise<void> }) =>
    all.push(
      limit.run(async () => {
        most = Math.max(most, (now += 1));
        await work();
        now -= 1;
      }),
    );
  const [first, second, third] = [held(), held(), held()];
  const leaving = limit.run(first.work);
  run(second);
  await new Promise(setImmediate); // the first is at work, the second waits
  const newcomer = first.work().then(() => run(third)); // called right after the slot is left
  first.end();
  await newcomer;
  await new Promise(setImmediate);
  expect({ most, now }).toEqual({ most: 1, now: 1 });
  second.end();
  third.end();
  await Promise.all([leaving, ...all]);
  expect({ most, now }).toEqual({ most: 1, now: 0 });
});

it('ends a wait that is too long, and gives the slot to the next', async () => {
  const limit = new ConcurrencyLimit(1, 20, tooLate);
  const first = held();
  const running = limit.run(first.work);
  await expect(limit.run(() => Promise.resolve('second'))).rejects.toThrow('too late');
  first.end();
  await running;
  expect(await limit.run(() => Promise.resolve('third'))).toBe('third');
});

it('frees the slot of work that fails', async () => {
  const limit = new ConcurrencyLimit(1, 1_000, tooLate);
  await expect(limit.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await limit.run(() => Promise.resolve('next'))).toBe('next');
});
