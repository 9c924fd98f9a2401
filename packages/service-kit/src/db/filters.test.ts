import { isNamed } from './filters';

const row = { name: 'web-1', labels: { app: 'shop', note: 'a=b', empty: '' } };

it.each([
  [{}, true],
  [{ name: '', namePrefix: '', label: [] }, true],
  [{ name: 'web-1' }, true],
  [{ name: 'web' }, false],
  [{ namePrefix: 'web' }, true],
  [{ namePrefix: 'eb' }, false],
  [{ label: ['app=shop'] }, true],
  [{ label: ['app=shop', 'note=a=b', 'empty='] }, true],
  [{ label: ['app=shop', 'app=other'] }, false],
  [{ label: ['none='] }, false],
  [{ name: 'web-1', namePrefix: 'db' }, false],
])('%j lets it through: %s', (filter, through) => {
  expect(isNamed(row, filter)).toBe(through);
});
