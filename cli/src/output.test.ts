import { age, pairs, printable, renderList, renderOne, renderRow, size, type View } from './output';

interface Thing {
  id: string;
  state?: string;
  note?: string;
}

const view: View<Thing> = {
  id: (thing) => thing.id,
  columns: [
    { title: 'ID', value: (thing) => thing.id },
    { title: 'STATE', state: true, value: (thing) => thing.state },
  ],
  details: [{ title: 'LONG NOTE', value: (thing) => thing.note }],
};

const things: Thing[] = [{ id: 'a', state: 'running' }, { id: 'longer' }];
const answer = { things, next_page_token: '' };
const style = { format: 'table', quiet: false, colour: false } as const;

describe('output', () => {
  it('aligns tables without lines, colours or trailing blanks', () => {
    expect(renderList(view, things, answer, style)).toBe('ID      STATE\na       running\nlonger  -\n');
    expect(renderOne(view, { id: 'a', note: 'x\u001b[31m\ny' }, {}, style)).toBe(
      'Id:         a\nState:      -\nLong note:  x [31m y\n',
    );
  });

  it('colours states on a terminal, keeping columns aligned', () => {
    const text = renderList(view, things, answer, { ...style, colour: true });
    expect(text).toContain('a       \u001b[32mrunning\u001b[39m\n');
  });

  it('prints the answer as it is', () => {
    expect(JSON.parse(renderList(view, things, answer, { ...style, format: 'json' }))).toEqual(answer);
    expect(renderOne(view, { id: 'a' }, { id: 'a' }, { ...style, format: 'yaml' })).toBe('id: a\n');
    expect(renderList(view, things, answer, { ...style, format: 'json', quiet: true })).toBe('a\nlonger\n');
  });

  it.each([
    ['2026-01-01T00:00:00Z', '59s', 59],
    ['2026-01-01T00:00:00Z', '3m', 239],
    ['2026-01-01T00:00:00Z', '23h', 86_399],
    ['2026-01-01T00:00:00Z', '400d', 400 * 86_400],
    ['2026-01-01T00:00:00Z', '0s', -5],
  ])('shows %s as %s', (time, text, seconds) =>
    expect(age(time, Date.parse(time) + seconds * 1000)).toBe(text),
  );

  it('shows sizes, maps and texts of others', () => {
    expect([size(0), size(1023), size(1_468_006), size(5 * 2 ** 40)]).toEqual([
      '0 B',
      '1023 B',
      '1.4 MiB',
      '5 TiB',
    ]);
    expect(pairs({ b: '2', a: '1' })).toBe('a=1,b=2');
    expect(pairs({})).toBeUndefined();
    expect(printable('\u009b2Jok\t')).toBe('2Jok');
  });
});

describe('what is chosen of an answer', () => {
  const text = (query: string) => renderOne(view, things[0]!, answer, { ...style, format: 'text', query });

  it.each([
    ['things[0].id', 'a\n'],
    ['length(things)', '2\n'],
    ['things[].id', 'a\nlonger\n'],
    ["things[?state=='running'].id", 'a\n'],
    ['things[].[id, state]', 'a\trunning\nlonger\t-\n'],
    ['things[0]', '{"id":"a","state":"running"}\n'],
    ['nothing.there', ''],
    ['things[0].constructor.constructor', ''],
  ])('%s', (query, printed) => expect(text(query)).toBe(printed));

  it('is JSON or YAML where that is asked for', () => {
    expect(renderList(view, things, answer, { ...style, format: 'json', query: 'things[].id' })).toBe(
      '[\n  "a",\n  "longer"\n]\n',
    );
    expect(renderList(view, things, answer, { ...style, format: 'yaml', query: 'things[].id' })).toBe(
      '- a\n- longer\n',
    );
    const row = renderRow(view, things[0]!, { ...style, format: 'text', query: 'state' }, [], true);
    expect(row).toBe('running\n');
  });

  it('is refused where the answer is of another form', () => {
    expect(() => text('length(`1`)')).toThrow('--query length(`1`) does not fit this answer');
  });
});

it('has no titles where they are not wanted', () => {
  const bare = { ...style, headers: false };
  expect(renderList(view, things, answer, bare)).toBe('a       running\nlonger  -\n');
  expect(renderRow(view, things[0]!, bare, [], true)).toBe('a  running\n');
});
