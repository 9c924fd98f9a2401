import { PassThrough, Readable } from 'node:stream';
import { counted } from './counted';
import type { Io } from './io';

/** Pieces of 1 MiB, between which the clock goes on. */
async function* slowly(count: number, msEach: number) {
  for (let at = 0; at < count; at++) {
    jest.setSystemTime(Date.now() + msEach);
    yield Promise.resolve(new Uint8Array(1024 * 1024));
  }
}

describe('bytes that are counted', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  const told = async (msEach: number, isTTY: boolean, quiet = false) => {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    const signal = new AbortController().signal;
    const io: Io = { env: {}, stdin: Readable.from([]), stdout: new PassThrough(), stderr, signal };
    let passed = 0;
    for await (const piece of counted(io, 'Copying a', quiet, slowly(5, msEach))) passed += piece.length;
    expect(passed).toBe(5 * 1024 * 1024);
    return String(stderr.read() ?? '');
  };

  it('are told of on a terminal when they take long', async () => {
    expect(await told(500, true)).toMatch(/Copying a …\n {2}2 MiB\n[^]*5 MiB\n {2}done/);
  });

  it.each([
    ['fast ones', 10, true, false],
    ['without a terminal', 500, false, false],
    ['when nothing but ids is wanted', 500, true, true],
  ])('are told of to nobody: %s', async (_, msEach, isTTY, quiet) => {
    expect(await told(msEach, isTTY, quiet)).toBe('');
  });
});
