import { setTimeout as delay } from 'node:timers/promises';
import { paced } from './paced';

const tooSlow = { code: 'INVALID_ARGUMENT', reason: 'IMAGE_UPLOAD_TOO_SLOW' };

async function* every(ms: number, bytes: number, count: number) {
  for (let i = 0; i < count; i += 1) {
    await delay(ms);
    yield { chunk: Buffer.alloc(bytes) };
  }
}

/** Bytes that come through it; `workMs` is what each message takes its reader. */
async function read(
  messages: AsyncIterable<{ chunk: Buffer }>,
  { idleMs = 10_000, bytesPerSecond = 1, workMs = 0 } = {},
): Promise<number> {
  let bytes = 0;
  for await (const { chunk } of paced(messages, { idleMs, bytesPerSecond })) {
    bytes += chunk.length;
    if (workMs > 0) await delay(workMs);
  }
  return bytes;
}

it('passes on what comes fast enough', async () => {
  expect(await read(every(1, 1000, 20))).toBe(20_000);
});

it('ends an upload that stalls, also before its first message', async () => {
  const stalled = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
  await expect(read(stalled, { idleMs: 50 })).rejects.toMatchObject(tooSlow);
});

it('ends an upload that never stalls, but is too slow on average', async () => {
  await expect(read(every(5, 1, 100_000), { idleMs: 300, bytesPerSecond: 10_000 })).rejects.toMatchObject(
    tooSlow,
  );
}, 20_000);

it('ends an upload of messages that hold nothing', async () => {
  await expect(read(every(0, 0, 1_000_000), { idleMs: 300 })).rejects.toMatchObject(tooSlow);
}, 20_000);

it('does not count the time that its reader takes', async () => {
  const limits = { idleMs: 200, bytesPerSecond: 1_000_000, workMs: 100 };
  expect(await read(every(0, 1000, 5), limits)).toBe(5_000);
});
