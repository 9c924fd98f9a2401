import { CloudError } from '@thecloud/kernel';
import { CredentialCache } from './credential-cache';

const refusal = new CloudError('UNAUTHENTICATED', 'thecloud', 'UNAUTHENTICATED', 'No.');
const weather = new CloudError('UNAVAILABLE', 'thecloud', 'UNAVAILABLE', 'Away.');

const settled = () => new Promise(setImmediate);

function setUp(entries = 10) {
  const clock = { now: 0 };
  const asked: string[] = [];
  const isRefusal = (e: unknown): e is CloudError => e === refusal;
  const cache = new CredentialCache<string>(
    { entries, goodMs: 3_000, badMs: 1_000 },
    isRefusal,
    () => clock.now,
  );
  const get = (key: string, outcome: string | CloudError = `token of ${key}`) =>
    cache.get(key, () => {
      asked.push(key);
      return typeof outcome === 'string' ? Promise.resolve(outcome) : Promise.reject(outcome);
    });
  return { clock, asked, get, cache };
}

it('asks again when the time is over, counted from when it was asked for', async () => {
  const { clock, asked, get, cache } = setUp();
  await cache.get('k', () => {
    clock.now = 2_500; // a slow exchange: what it says may be that old
    return Promise.resolve('t');
  });
  clock.now = 2_999;
  expect(await get('k')).toBe('t');
  clock.now = 3_000;
  expect(await get('k')).toBe('token of k');
  expect(asked).toEqual(['k']);
});

it('remembers refusals for a shorter time, and other failures not at all', async () => {
  const { clock, asked, get } = setUp();
  await expect(get('k', refusal)).rejects.toBe(refusal);
  await expect(get('k')).rejects.toBe(refusal);
  clock.now = 1_000;
  expect(await get('k')).toBe('token of k');
  await expect(get('other', weather)).rejects.toBe(weather);
  expect(await get('other')).toBe('token of other');
  expect(asked).toEqual(['k', 'k', 'other', 'other']);
});

it('asks ahead of time for whoever keeps asking, and lets nobody wait for it', async () => {
  const { clock, asked, get, cache } = setUp();
  await get('k');
  clock.now = 1_499;
  await get('k');
  expect(asked).toEqual(['k']);
  clock.now = 1_500;
  let answer = (_token: string) => {};
  const slow = () => new Promise<string>((resolve) => (answer = resolve));
  expect(await cache.get('k', slow)).toBe('token of k');
  expect(await get('k')).toBe('token of k'); // one at a time
  answer('a newer token');
  await settled();
  clock.now = 4_499; // counted from when it was asked for
  expect(await cache.get('k', () => new Promise(() => {}))).toBe('a newer token');
  expect(asked).toEqual(['k']);
});

it('lets a key go at once that is refused ahead of time, and keeps one whose answer does not come', async () => {
  const { clock, get } = setUp();
  await get('revoked');
  await get('unlucky');
  clock.now = 2_000;
  expect(await get('revoked', refusal)).toBe('token of revoked');
  expect(await get('unlucky', weather)).toBe('token of unlucky');
  await settled();
  await expect(get('revoked')).rejects.toBe(refusal);
  expect(await get('unlucky')).toBe('token of unlucky');
});

it('asks once for all who ask at the same time', async () => {
  const { asked, get } = setUp();
  await expect(Promise.all([get('k'), get('k'), get('l')])).resolves.toEqual([
    'token of k',
    'token of k',
    'token of l',
  ]);
  expect(asked).toEqual(['k', 'l']);
});

it('forgets what was used least recently, and no good answer for a bad one', async () => {
  const { asked, get } = setUp(2);
  await get('a');
  await get('b');
  await get('a');
  await get('c');
  for (const guess of ['x', 'y', 'z']) await get(guess, refusal).catch(() => undefined);
  asked.length = 0;
  await get('a');
  await get('c');
  expect(asked).toEqual([]);
  await get('b');
  expect(asked).toEqual(['b']);
});
