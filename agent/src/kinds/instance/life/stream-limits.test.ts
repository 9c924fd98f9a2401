import { StreamLimits } from './stream-limits';

it('bounds what one instance may have open, and the host; a place is given back once', () => {
  const limits = new StreamLimits({ anInstance: 2, theHost: 3 });
  const first = limits.take('a');
  limits.take('a');
  expect(() => limits.take('a')).toThrow('Instance a has 2 open streams');
  limits.take('b');
  expect(() => limits.take('b')).toThrow('host of the instance has 3');
  first();
  first();
  expect(limits.open).toBe(2);
  limits.take('a');
  expect(() => limits.take('a')).toThrow('Instance a');
});
