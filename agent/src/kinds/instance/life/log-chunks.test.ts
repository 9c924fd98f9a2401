import type { LogEntry } from '../ports/log-driver';
import { LogChunker, rfc3339 } from './log-chunks';

const entry = (text: string, timeNs = 1n, stream: LogEntry['stream'] = 'stdout'): LogEntry => ({
  stream,
  timeNs,
  text: Buffer.from(text),
});
const said = (chunker: LogChunker, ...entries: LogEntry[]) =>
  [...chunker.chunks(entries)].map((c) => [c.stream, c.data.toString(), c.firstNs, c.lastNs]);

it('joins neighbours of one stream, in order', () => {
  const entries = [entry('a\n', 1n), entry('b\n', 2n), entry('c\n', 3n, 'stderr'), entry('d\n', 4n)];
  expect(said(new LogChunker(false), ...entries)).toEqual([
    ['stdout', 'a\nb\n', 1n, 2n],
    ['stderr', 'c\n', 3n, 3n],
    ['stdout', 'd\n', 4n, 4n],
  ]);
  expect(said(new LogChunker(false))).toEqual([]);
});

it('makes no chunk larger than 64 KiB', () => {
  const chunks = [
    ...new LogChunker(false).chunks(Array.from({ length: 20 }, () => entry('x'.repeat(16_384)))),
  ];
  expect(chunks.map((c) => c.data.length)).toEqual([65_536, 65_536, 65_536, 65_536, 65_536]);
});

it('dates each line once, also one that comes in pieces', () => {
  const chunker = new LogChunker(true);
  const at = 1_700_000_000_123_456_789n;
  expect(said(chunker, entry('long', at))[0]?.[1]).toBe('2023-11-14T22:13:20.123456789Z long');
  expect(said(chunker, entry(' line\n', at), entry('next\n', at))[0]?.[1]).toBe(
    ' line\n2023-11-14T22:13:20.123456789Z next\n',
  );
  expect(rfc3339(0n)).toBe('1970-01-01T00:00:00.000000000Z');
});
