import { idPrefixes, isId, newId, timeOfId } from './ids';

it('makes ids of their kind, unique and sortable by time', async () => {
  const first = newId('instance');
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = newId('instance');
  expect(first).toMatch(/^ins_[0-9a-z]{26}$/);
  expect(second > first).toBe(true);
});

it.each(['ins_', 'ins_short', 'img_01h455vb4pex5vsknk084sn02q', '', "ins_'; drop table"])(
  'refuses %j as an instance id',
  (text) => {
    expect(isId('instance', text)).toBe(false);
  },
);

it('accepts what it made', () => {
  expect(isId('image', newId('image'))).toBe(true);
});

it('gives every kind its own prefix', () => {
  const prefixes = Object.values(idPrefixes);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

it('tells when an id was made, even of one that nobody made', () => {
  const before = Date.now();
  const made = timeOfId(newId('event')).getTime();
  expect(made).toBeGreaterThanOrEqual(before);
  expect(made).toBeLessThanOrEqual(Date.now());
  expect(timeOfId('evt_7zzzzzzzzzzzzzzzzzzzzzzzzz').getUTCFullYear()).toBe(10889);
});
