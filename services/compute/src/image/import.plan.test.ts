import { retryAfterMs, withFailure } from './import.plan';
import type { Blame, Failures } from './import.plan';

/** The pause after each of these failures of one import. */
function after(...blames: Blame[]): Array<number | undefined> {
  let failures: Failures = {};
  return blames.map((blame) => retryAfterMs(blame, (failures = withFailure(failures, blame))));
}
const times = (n: number, blame: Blame): Blame[] => Array.from({ length: n }, () => blame);
const pauses = (blame: Blame, most: number) => after(...times(most, blame));

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
  expect(pauses('own', 60).slice(58)).toEqual([60_000, undefined]);
});

it("uses up no attempts of one blame by another's failures", () => {
  // While the cloud's own registry was away for half an hour, nothing was learned of the source.
  expect(after(...times(30, 'own'), 'unknown', 'source', 'unknown').slice(29)).toEqual([
    ...[60_000, 2_000, 2_000, 4_000],
  ]);
  expect(after(...times(7, 'source'), 'own', 'source').slice(6)).toEqual([60_000, 2_000, undefined]);
  expect(after('unknown', 'source', 'unknown', 'own', 'unknown').at(-1)).toBeUndefined();
});

it('ends whatever comes: no mixture of failures goes on for ever', () => {
  const mixed = Array.from(
    { length: 200 },
    (_, i): Blame =>
      (['own', 'source', 'own', 'own', 'own', 'own', 'own', 'own', 'own', 'unknown'] as const)[i % 10]!,
  );
  expect(after(...mixed)).toContain(undefined);
});
