import { Buckets } from './buckets';
import { HoldBack } from './hold-back';
import { Slots } from './slots';

let now = 0;
beforeEach(() => (now = 0));
const buckets = (most = 10) => new Buckets({ perSecond: 2, burst: 4 }, most, () => now);
const taken = (of: Buckets, key: string, times: number) =>
  Array.from({ length: times }, () => of.take(key)).filter((v) => v.allowed).length;

describe('a bucket', () => {
  it('gives its burst at once, and then as many a second as it refills', () => {
    const some = buckets();
    expect(taken(some, 'a', 10)).toBe(4);
    now = 500;
    expect(taken(some, 'a', 10)).toBe(1);
    now = 60_000;
    expect(taken(some, 'a', 10)).toBe(4); // no more than it holds
  });

  it('says how much is left, and when to come again', () => {
    const some = buckets();
    expect(some.take('a')).toEqual({
      allowed: true,
      limit: 4,
      remaining: 3,
      resetSeconds: 1,
      retryAfterSeconds: 0,
    });
    taken(some, 'a', 3);
    expect(some.take('a')).toEqual({
      allowed: false,
      limit: 4,
      remaining: 0,
      resetSeconds: 2,
      retryAfterSeconds: 1,
    });
  });

  it('is its own key’s alone', () => {
    const some = buckets();
    taken(some, 'a', 100);
    expect(some.take('b').allowed).toBe(true);
  });

  it('counts what others let through, down to one burst below nothing', () => {
    const some = buckets();
    some.spend('a', 3);
    expect(taken(some, 'a', 10)).toBe(1);
    some.spend('a', 1_000);
    now = 2_000; // from -4 to 0
    expect(some.take('a').allowed).toBe(false);
    now = 2_500;
    expect(some.take('a').allowed).toBe(true);
  });

  it('is forgotten when too many others have been used since', () => {
    const some = buckets(3);
    taken(some, 'flooder', 4);
    for (const key of ['a', 'b', 'flooder', 'c', 'd']) some.take(key);
    expect(some.size).toBe(3);
    expect(some.take('flooder').allowed).toBe(false); // was used: a and b were not
  });
});

it('slots are counted by key, given back once, and forgotten when free', () => {
  const slots = new Slots(2);
  const [first, second] = [slots.take('a'), slots.take('a')];
  expect(slots.take('a')).toBeUndefined();
  expect(slots.take('b')).toBeDefined();
  first?.();
  first?.();
  expect(slots.take('a')).toBeDefined();
  expect(slots.take('a')).toBeUndefined();
  second?.();
  expect(slots.size).toBe(2);
});

it('holds back a bounded number of refusals, and answers the rest at once', async () => {
  const back = new HoldBack({ ms: 60_000, perKey: 2, total: 3 });
  jest.useFakeTimers();
  const held = ['a', 'a', 'b'].map((key) => back.wait(key));
  await back.wait('a'); // as many of a as are allowed
  await back.wait('c'); // as many in all
  jest.advanceTimersByTime(90_000);
  await Promise.all(held);
  jest.useRealTimers();
});
