import { grants } from './tokens';

describe('grants', () => {
  it.each([
    [['instance:create'], 'instance:create', true],
    [['instance:create'], 'instance:delete', false],
    [['instance:*'], 'instance:delete', true],
    [['instance:*'], 'instance-type:read', false],
    [['*:read'], 'volume:read', true],
    [['*:read'], 'volume:list', false],
    [['*:*'], 'volume:delete', true],
    [['*:*', '!member:update'], 'member:update', false],
    [['*:*', '!member:update'], 'member:list', true],
    [['*:*', '!member:*'], 'member:list', false],
    [['!member:*'], 'instance:read', false],
    [[], 'instance:read', false],
  ] as Array<[string[], string, boolean]>)('%j, %s: %s', (permissions, wanted, expected) => {
    expect(grants(permissions, wanted)).toBe(expected);
  });
});
