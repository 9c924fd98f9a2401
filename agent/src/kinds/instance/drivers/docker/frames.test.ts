import { FrameParser, framesOf } from './frames';

const frame = (stream: number, text: string) => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const all = Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n'), frame(1, ''), frame(1, 'more')]);

it.each(Array.from({ length: all.length }, (_, i) => i + 1))('finds every piece in chunks of %i', (size) => {
  const parser = new FrameParser();
  const found = [];
  for (let at = 0; at < all.length; at += size) found.push(...parser.push(all.subarray(at, at + size)));
  expect(found.map((f) => [f.stream, f.data.toString()])).toEqual([
    ['stdout', 'out\n'],
    ['stderr', 'err\n'],
    ['stdout', ''],
    ['stdout', 'more'],
  ]);
});

it('refuses what is no multiplexed stream, instead of waiting for gigabytes', () => {
  expect(() => new FrameParser().push(Buffer.from('hello, terminal'))).toThrow('something else');
});

it('reads no further than it is asked to', async () => {
  let read = 0;
  const source = (async function* () {
    for (;;) {
      read++;
      yield frame(1, 'x');
    }
  })();
  for await (const [first] of framesOf(source)) {
    expect(first?.data.toString()).toBe('x');
    break;
  }
  expect(read).toBe(1);
});
