import { retryAfterMs } from './import.plan';
import type { Blame } from './import.plan';

const pauses = (blame: Blame, most: number) =>
  Array.from({ length: most }, (_, n) => retryAfterMs(blame, n + 1));

it('gives up at once what nobody can help', () => {
  expect(pauses('final', 2)).toEqual([undefined, undefined]);
});

it('tries a registry that has a bad moment again for some minutes, and then gives up', () => {
  expect(pauses('source', 9)).toEqual([
    ...[2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000],
    ...[undefined, undefined],
  ]);
});

it('tries what it cannot explain twice more', () => {
  expect(pauses('unknown', 4)).toEqual([2_000, 4_000, undefined, undefined]);
});

it("waits about an hour for the cloud's own registry", () => {
  expect([retryAfterMs('own', 59), retryAfterMs('own', 60)]).toEqual([60_000, undefined]);
});
