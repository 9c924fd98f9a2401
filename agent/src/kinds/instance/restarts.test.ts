import type { SeenInstance } from './ports/instance-driver';
import { RestartTimer } from './restarts';

const ended = (startedAt: number, finishedAt: number): SeenInstance => ({
  ...{
    id: 'i',
    phase: 'exited',
    exitCode: 1,
    outOfMemory: false,
    generation: 1,
    restartNonce: 0,
    specHash: '',
  },
  startedAt: new Date(startedAt),
  finishedAt: new Date(finishedAt),
});

it('restarts at once after the first end, then waits longer and longer, up to a minute', () => {
  const timer = new RestartTimer();
  let now = 0;
  const waits = Array.from({ length: 10 }, () => {
    now += 1_000;
    const wait = timer.remaining(ended(now - 100, now), now);
    timer.started(now);
    return wait;
  });
  expect(waits[0]).toBe(0);
  waits.forEach((wait, n) => {
    const full = n === 0 ? 0 : Math.min(1_000 * 2 ** n, 60_000);
    expect(wait).toBeGreaterThanOrEqual(full / 2);
    expect(wait).toBeLessThanOrEqual(full);
  });
  expect(timer.looping).toBe(true);
});

it('counts one end once, however often it is looked at', () => {
  const timer = new RestartTimer();
  timer.remaining(ended(0, 10), 10);
  timer.started(20);
  const wait = timer.remaining(ended(20, 30), 30);
  expect(timer.remaining(ended(20, 30), 30 + wait)).toBe(0);
});

it('forgives after a steady run', () => {
  const timer = new RestartTimer();
  for (const at of [10, 20, 30]) timer.remaining(ended(at - 5, at), at);
  expect(timer.remaining(ended(100, 60_100), 60_100)).toBe(0);
  expect(timer.looping).toBe(false);
});

it('treats a removal as an end', () => {
  const timer = new RestartTimer();
  expect(timer.remaining(undefined, 100_000)).toBe(0);
  timer.started(100_000);
  expect(timer.remaining(undefined, 101_000)).toBeGreaterThan(0);
  timer.started(102_000);
  expect(timer.remaining(undefined, 200_000)).toBe(0);
});
