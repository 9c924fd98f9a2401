import fc from 'fast-check';
import { backoffMs } from './backoff';

it('never waits less than the base nor more than the cap', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
      const ms = backoffMs(attempts, () => chance, 200, 60_000);
      return ms >= 200 && ms <= 60_000;
    }),
  );
});

it('grows with the failures', () => {
  const worst = [0, 1, 2, 3].map((n) => backoffMs(n, () => 1));
  expect(worst).toEqual([200, 400, 800, 1600]);
});
