import { age, pairs, printable, renderList, renderOne, size, type View } from './output';

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
