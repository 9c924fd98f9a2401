import { errors } from './errors';
import { Gate } from './gate';

it('runs few at once, lets some wait, and refuses the rest', async () => {
  const gate = new Gate(2, 1, () => errors.BUSY({}));
  const release: Array<() => void> = [];
  let running = 0;
  const work = async () => {
    running++;
    await new Promise<void>((resolve) => release.push(resolve));
    running--;
    return 'done';
  };
  const [a, b, c] = [gate.run(work), gate.run(work), gate.run(work)];
  await expect(gate.run(work)).rejects.toMatchObject({ reason: 'BUSY' });
  expect(running).toBe(2);

  release.shift()?.();
  await expect(a).resolves.toBe('done');
  expect(running).toBe(2);
  release.forEach((end) => end());
  await expect(Promise.all([b, c])).resolves.toEqual(['done', 'done']);

  const last = gate.run(work);
  release.at(-1)?.();
  await expect(last).resolves.toBe('done');
});

it('hands its place on after a failure', async () => {
  const gate = new Gate(1, 1, () => errors.BUSY({}));
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.run(async () => 'yes')).resolves.toBe('yes');
});
