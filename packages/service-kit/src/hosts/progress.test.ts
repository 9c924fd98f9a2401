import { ReportProgress } from './progress';

/** Work that ends when the test says so. */
function pending() {
  let end = () => {};
  let fail = (_: Error) => {};
  const work = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  return { work, end: () => end(), fail: (why: string) => fail(new Error(why)) };
}

it('is as far as all before it is stored, in whatever order that ends', async () => {
  const progress = new ReportProgress(5n, 10);
  const [first, second] = [pending(), pending()];
  await progress.add(6n, first.work);
  await progress.add(9n, second.work);
  second.end();
  await second.work;
  expect(progress.stored).toBe(5n);
  first.end();
  await progress.settled();
  expect(progress.stored).toBe(9n);
});

it('goes no further than what failed, and says so', async () => {
  const progress = new ReportProgress(0n, 10);
  const [first, second] = [pending(), pending()];
  await progress.add(1n, first.work);
  await progress.add(2n, second.work);
  second.end();
  first.fail('the database is away');
  await expect(progress.settled()).rejects.toThrow('the database is away');
  expect(progress.stored).toBe(0n);
  await expect(progress.add(3n, Promise.resolve())).rejects.toThrow('the database is away');
});

it('takes no more than so much at a time', async () => {
  const progress = new ReportProgress(0n, 2);
  const [first, second] = [pending(), pending()];
  await progress.add(1n, first.work);
  let hasRoom = false;
  const waiting = progress.add(2n, second.work).then(() => (hasRoom = true));
  await new Promise(setImmediate);
  expect(hasRoom).toBe(false);
  first.end();
  await waiting;
  second.end();
  await progress.settled();
});
