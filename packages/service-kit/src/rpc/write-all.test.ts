import { writeAll } from './write-all';
import type { Sink } from './write-all';

/** A sink with room for so many messages, that drains when told. */
class TestSink implements Sink<number> {
  readonly written: number[] = [];
  readonly listeners = new Set<() => void>();
  constructor(private room: number) {}
  write(message: number): boolean {
    this.written.push(message);
    return this.written.length < this.room;
  }
  once(_: 'drain', listener: () => void) {
    this.listeners.add(listener);
  }
  off(_: 'drain', listener: () => void) {
    this.listeners.delete(listener);
  }
  drain(more: number) {
    this.room += more;
    for (const listener of [...this.listeners]) listener();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const count = { taken: 0, closed: false };
async function* numbers(most = Infinity) {
  Object.assign(count, { taken: 0, closed: false });
  try {
    for (let i = 0; i < most; i++) {
      count.taken++;
      yield i;
    }
  } finally {
    count.closed = true;
  }
}

it('takes from the source only what there is room for', async () => {
  const sink = new TestSink(3);
  const gone = new AbortController();
  const writing = writeAll(sink, numbers(), gone.signal);
  writing.catch(() => undefined);
  await turn();
  expect(count.taken).toBe(3);
  sink.drain(2);
  await turn();
  expect(sink.written).toEqual([0, 1, 2, 3, 4]);
  gone.abort(new Error('gone'));
  await expect(writing).rejects.toThrow('gone');
  await turn();
  expect(count.closed).toBe(true);
  expect(sink.listeners.size).toBe(0);
});

it('ends while the source is silent, and closes the source', async () => {
  const gone = new AbortController();
  let closed = () => {};
  const left = new Promise<void>((resolve) => (closed = resolve));
  const silent = (async function* () {
    try {
      yield 1;
      await new Promise((resolve) => gone.signal.addEventListener('abort', resolve));
    } finally {
      closed();
    }
  })();
  const sink = new TestSink(10);
  const writing = writeAll(sink, silent, gone.signal);
  writing.catch(() => undefined);
  await turn();
  gone.abort(new Error('gone'));
  await expect(writing).rejects.toThrow('gone');
  await left;
  expect(sink.written).toEqual([1]);
});

it('passes on why the source failed', async () => {
  const failing = (async function* () {
    yield 1;
    await Promise.reject(new Error('broken'));
  })();
  await expect(writeAll(new TestSink(10), failing, new AbortController().signal)).rejects.toThrow('broken');
});
