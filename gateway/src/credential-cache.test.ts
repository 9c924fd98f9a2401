import { CloudError } from '@thecloud/kernel';
import { CredentialCache } from './credential-cache';

const refusal = new CloudError('UNAUTHENTICATED', 'thecloud', 'UNAUTHENTICATED', 'No.');
const weather = new CloudError('UNAVAILABLE', 'thecloud', 'UNAVAILABLE', 'Away.');

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
