import { Turns } from './turns';

const here = () => new AbortController().signal;

it('serves so many at once of each, and the others in the order they came', async () => {
  const turns = new Turns(2, 60_000);
  const order: string[] = [];
  const take = async (name: string) => {
    const end = await turns.take('a', here);
    order.push(name);
    return end!;
  };
  const first = await take('first');
  const second = await take('second');
  const [third, fourth] = [take('third'), take('fourth')];
  const other = await turns.take('b', here);
  expect(order).toEqual(['first', 'second']);
  first();
  const ends = [second, await third, other!];
  expect(order).toEqual(['first', 'second', 'third']);
  second();
  ends[0] = await fourth;
  expect(order).toEqual(['first', 'second', 'third', 'fourth']);
  for (const end of ends) end();
  expect(turns.size).toBe(0);
});

it('who has gone leaves the line, also if no turn came in time', async () => {
  const turns = new Turns(1, 20);
  const end = await turns.take('a', here);
  const gone = new AbortController();
  const waiting = turns.take('a', () => gone.signal);
  gone.abort();
  expect(await waiting).toBeUndefined();
  expect(await turns.take('a', () => gone.signal)).toBeUndefined();
  expect(await turns.take('a', here)).toBeUndefined();
  end!();
  expect(turns.size).toBe(0);
});
