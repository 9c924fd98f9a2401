import { commonErrors } from '@thecloud/kernel';
import { grants, TokenVerifier } from './tokens';

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

it("blames identity, never the caller, while identity's keys cannot be had", async () => {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: 'one' })).toString('base64url');
  const late = () => Promise.reject(commonErrors.DEADLINE_EXCEEDED({}));
  const verified = new TokenVerifier(late).verify(`${header}.e30.c2lnbmF0dXJl`);
  await expect(verified).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const garbage = new TokenVerifier(late).verify('garbage');
  await expect(garbage).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
