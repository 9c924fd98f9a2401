import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { LoggedMessage } from './logged-message';

const event = (id: string) => ({ id, type: 'thecloud.thing.changed', subject: 'thing', data: {} });
const messageOf = (bytes: Buffer) =>
  new LoggedMessage({ seq: 1, subject: 'events.prj_1.x', data: bytes, string: () => bytes.toString() });
const idsOf = (text: string) => messageOf(Buffer.from(text)).events.map((one) => one.event.id);

it('has the events of a list, and one that stands by itself', () => {
  expect(idsOf(JSON.stringify([event('a'), event('b')]))).toEqual(['a', 'b']);
  expect(idsOf(JSON.stringify(event('a')))).toEqual(['a']);
});

it.each(['', 'null', '5', '"text"', '[]', '[null, 5, []]', '{"length": 3}', '[{"id": 5}]', '{"id": "a"}'])(
  'has none where there is no event: %s',
  (text) => expect(idsOf(text)).toEqual([]),
);

it('reads what was damaged without an error, and hands out only what looks like an event', async () => {
  const whole = Buffer.from(JSON.stringify([event('a'), event('b')]));
  const readings = await readEach([...truncations(whole), ...bitFlips(whole, 300, 7)], async (bytes) =>
    messageOf(bytes).events.map((one) => [one.event.id, one.event.type, one.event.subject, one.bytes]),
  );
  expect(readings.filter(({ error }) => error)).toEqual([]);
  const words = readings.flatMap(({ value }) => (value as unknown[][]).flatMap((one) => one.slice(0, 3)));
  expect(words.every((word) => typeof word === 'string')).toBe(true);
});
