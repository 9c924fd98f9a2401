import { everyPair, nextState } from './state-table';

const TABLE = { open: { close: 'closed' }, closed: { open: 'open', lock: 'locked' }, locked: {} } as const;

it('says where an event leads', () => {
  expect(nextState(TABLE, 'open', 'close')).toBe('closed');
});

it('says undefined for what is not allowed', () => {
  expect(nextState(TABLE, 'locked', 'open')).toBeUndefined();
});

it('lists every pair, refused ones too', () => {
  const pairs = everyPair(TABLE);
  expect(pairs).toHaveLength(9);
  expect(pairs).toContainEqual(['locked', 'lock', undefined]);
  expect(pairs).toContainEqual(['closed', 'lock', 'locked']);
});
