import { mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errors } from '../errors';
import { SpoolDisk } from './spool-disk';
import { receiveUpload } from './receive-upload';
import { AdmissionSlots, TurnSlots } from './upload-slots';

const dir = mkdtempSync(join(tmpdir(), 'upload-slots-'));
afterAll(() => rmSync(dir, { recursive: true }));

const busy = { code: 'RESOURCE_EXHAUSTED', reason: 'IMAGE_UPLOADS_BUSY', retryAfterSeconds: 30 };
const never = new AbortController().signal;

function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { until: () => promise, end: resolve };
}

it('refuses work that finds no slot, without starting it, until other work ends', async () => {
  const slots = new AdmissionSlots(8, () => errors.IMAGE_UPLOADS_BUSY({}));
  const works = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'].map((person) => ({ person, ...held() }));
  const unwanted = jest.fn();
  const running = works.slice(0, 2).map(({ person, until }) => slots.run(person, until));
  await expect(slots.run('a', unwanted)).rejects.toMatchObject(busy);
  running.push(...works.slice(2).map(({ person, until }) => slots.run(person, until)));
  await expect(slots.run('e', unwanted)).rejects.toMatchObject(busy);
  expect(unwanted).not.toHaveBeenCalled();
  works[0]?.end();
  await running[0];
  await expect(slots.run('a', () => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
  expect(await slots.run('e', () => Promise.resolve('taken'))).toBe('taken');
  works.forEach(({ end }) => end());
  await Promise.all(running);
});

it('starts work that waits in turn, the person with the fewest under way first', async () => {
  const slots = new TurnSlots(2);
  const started: string[] = [];
  const works = new Map(['a1', 'a2', 'a3', 'b1', 'c1'].map((name) => [name, held()]));
  const run = (name: string, signal = never) =>
    slots.run(name[0]!, signal, () => {
      started.push(name);
      return works.get(name)!.until();
    });
  const ended = new AbortController();
  const running = [run('a1'), run('a2')];
  const given = run('a3', ended.signal);
  running.push(run('b1'), run('c1'));
  await Promise.resolve();
  expect(started).toEqual(['a1', 'b1']);
  ended.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  for (const name of ['b1', 'a1', 'c1', 'a2']) works.get(name)?.end();
  await Promise.all(running);
  expect(started).toEqual(['a1', 'b1', 'c1', 'a2']);
  await expect(run('a3', ended.signal)).rejects.toThrow('gone');
});

it('gives each who comes less of the disk, and all of it again who comes alone', async () => {
  const disk = new SpoolDisk();
  const [first, second] = await disk.share(dir, (one) =>
    disk.share(dir, (two) => Promise.resolve([one.bytes, two.bytes] as const)),
  );
  expect(second).toBeLessThan(first * 0.8);
  expect(second).toBeGreaterThan(first * 0.7);
  await expect(disk.share(dir, () => Promise.reject(new Error('it broke')))).rejects.toThrow('it broke');
  expect(await disk.share(dir, (alone) => Promise.resolve(alone.bytes))).toBeGreaterThan(first * 0.9);
});

it('offers an empty disk to nobody, and knows what would fit it', async () => {
  const { bytes, mostBytes } = await new SpoolDisk().share(dir, (room) => Promise.resolve(room));
  const { blocks, bavail, bsize } = statfsSync(dir);
  expect(mostBytes).toBeGreaterThan(bytes);
  expect(mostBytes * 12).toBeGreaterThan(bavail * bsize);
  expect(mostBytes * 12).toBeLessThanOrEqual(blocks * bsize);
});

const full = { reason: 'IMAGE_SPOOL_FULL', retryAfterSeconds: 60 };
it.each([
  ['now, at once if all that is allowed would fit an empty disk', 1, 2 ** 20, full, 3],
  ['now, once its size is known', 1, 100, full, 10],
  ['ever, as soon as that is known', 1, 50, { code: 'INVALID_ARGUMENT', reason: 'IMAGE_NEVER_FITS' }, 6],
] as const)('keeps no more of an upload than the disk has room for, and refuses what does not fit %s', async (_when, limitMib, mostBytes, refusal, asked) => {
  let sent = 0;
  async function* requests() {
    for (; sent < 10; ) yield { name: 'web', labels: {}, command: [], chunk: Buffer.alloc(10), sent: (sent += 1) };
  }
  const own = mkdtempSync(join(dir, 'own-'));
  const limits = { limitMib, room: { bytes: 25, mostBytes }, pace: { idleMs: 5_000, bytesPerSecond: 1 } };
  const received = receiveUpload(join(own, 'upload'), limits, requests(), () => Promise.resolve());
  await expect(received).rejects.toMatchObject(refusal);
  expect({ sent, kept: statSync(join(own, 'upload')).size }).toEqual({ sent: asked, kept: 20 });
}); // prettier-ignore
