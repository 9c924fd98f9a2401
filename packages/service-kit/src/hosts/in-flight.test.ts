import { InFlight } from './in-flight';

it('lets in as many as there is room for', async () => {
  const flight = new InFlight(2);
  const ends: Array<() => void> = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  await flight.add(work());
  let third = false;
  const waiting = flight.add(work()).then(() => (third = true));
  await new Promise(setImmediate);
  expect(third).toBe(false);
  ends[0]?.();
  await waiting;
});

it('says when all have ended, and what failed of them', async () => {
  const flight = new InFlight(2);
  let end: () => void = () => undefined;
  await flight.add(new Promise<void>((resolve) => (end = resolve)));
  let ended = false;
  const all = flight.settled().then(() => (ended = true));
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  end();
  await all;
  await flight.add(Promise.reject(new Error('full disk'))).catch(() => undefined);
  await expect(flight.settled()).rejects.toThrow('full disk');
});

it('says to the next one what failed before', async () => {
  const flight = new InFlight(2);
  await flight.add(Promise.reject(new Error('full disk'))).catch(() => undefined);
  await new Promise(setImmediate);
  await expect(flight.add(Promise.resolve())).rejects.toThrow('full disk');
});
