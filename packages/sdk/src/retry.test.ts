import { CloudApiError, CloudConnectionError } from './errors';
import { defaultRetryPolicy, parseRetryAfter, retryDelayMs } from './retry';

const lost = new CloudConnectionError('http://x', 'lost');
const answered = (status: number, seconds?: number) => new CloudApiError(status, {}, seconds);

describe('retries', () => {
  it.each([
    ['no answer', lost, true],
    ['502', answered(502), true],
    ['503', answered(503), true],
    ['504', answered(504), true],
    ['429 that says when', answered(429, 1), true],
    ['429 of a quota', answered(429), false],
    ['500', answered(500), false],
    ['404', answered(404), false],
    ['409', answered(409), false],
    ['what is no error of the cloud', new TypeError('x'), false],
  ])('after %s: %p -> %p', (_, error, again) => {
    expect(retryDelayMs(error, 0) !== undefined).toBe(again);
  });

  it('waits twice as long each time, half of it by chance, up to the longest, then no more', () => {
    const delays = (random: number) => {
      const policy = { ...defaultRetryPolicy, maxRetries: 6, maxDelayMs: 2_000 };
      return [0, 1, 2, 3, 4, 5, 6].map((retries) => retryDelayMs(lost, retries, policy, () => random));
    };
    expect(delays(0)).toEqual([125, 250, 500, 1000, 1000, 1000, undefined]);
    expect(delays(1)).toEqual([250, 500, 1000, 2000, 2000, 2000, undefined]);
  });

  it('waits as long as the server asks, unless that is too long', () => {
    expect(retryDelayMs(answered(503, 3), 0)).toBe(3000);
    expect(retryDelayMs(answered(429, 10), 0)).toBe(10_000);
    expect(retryDelayMs(answered(429, 11), 0)).toBeUndefined();
  });

  it.each([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    ['1.5', 1.5],
    ['-3', 0],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 20],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ])('reads Retry-After %p as %p s', (header, seconds) => {
    expect(parseRetryAfter(header, 10_000)).toBe(seconds);
  });
});
