import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spoolRoom } from './spool-room';
import { receiveUpload } from './receive-upload';
import { UploadSlots } from './upload-slots';

const dir = mkdtempSync(join(tmpdir(), 'upload-slots-'));
afterAll(() => rmSync(dir, { recursive: true }));

const busy = { code: 'RESOURCE_EXHAUSTED', reason: 'IMAGE_UPLOADS_BUSY', retryAfterSeconds: 30 };

it('refuses uploads that find no slot, without starting them, until one ends', async () => {
  const slots = new UploadSlots(4);
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { until: () => promise, end: resolve };
  };
  const uploads = [held(), held(), held(), held()] as const;
  const [a1, a2, b1, c1] = uploads;
  const never = jest.fn();
  const running = [slots.run('a', a1.until), slots.run('a', a2.until), slots.run('b', b1.until)];
  await expect(slots.run('a', never)).rejects.toMatchObject(busy);
  running.push(slots.run('c', c1.until));
  await expect(slots.run('d', never)).rejects.toMatchObject(busy);
  expect(never).not.toHaveBeenCalled();
  a1.end();
  await running[0];
  await expect(slots.run('a', () => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
  expect(await slots.run('d', () => Promise.resolve('taken'))).toBe('taken');
  uploads.forEach(({ end }) => end());
  await Promise.all(running);
});

it('keeps no more of an upload than the disk has room for', async () => {
  expect(await spoolRoom(dir, 4)).toBeLessThanOrEqual((await spoolRoom(dir, 1)) / 2);
  async function* requests() {
    for (let i = 0; i < 3; i += 1) yield { name: 'web', labels: {}, command: [], chunk: Buffer.alloc(10) };
  }
  const limits = { limitMib: 1, roomBytes: 25 };
  await expect(
    receiveUpload(join(dir, 'upload'), limits, requests(), () => Promise.resolve()),
  ).rejects.toMatchObject({ reason: 'IMAGE_SPOOL_FULL', retryAfterSeconds: 60 });
  expect(readdirSync(dir)).toEqual(['upload']);
});
