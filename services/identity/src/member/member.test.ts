import { CloudError } from '@thecloud/kernel';
import type { Role } from '../role/role';
import { checkRoleChange } from './member';

const outcome = (actor: Role, from: Role | undefined, to: Role | undefined, owners: number): string => {
  try {
    checkRoleChange(actor, from, to, owners);
    return 'allowed';
  } catch (thrown) {
    if (thrown instanceof CloudError) return thrown.reason;
    throw thrown;
  }
};

it.each<[Role, Role | undefined, Role | undefined, number, string]>([
  ['owner', undefined, 'owner', 1, 'allowed'],
  ['admin', undefined, 'owner', 1, 'OWNER_REQUIRED'],
  ['admin', undefined, 'admin', 1, 'allowed'],
  ['developer', undefined, 'admin', 1, 'ROLE_TOO_HIGH'],
  ['owner', 'owner', 'viewer', 2, 'allowed'],
  ['owner', 'owner', 'viewer', 1, 'LAST_OWNER'],
  ['owner', 'owner', undefined, 1, 'LAST_OWNER'],
  ['owner', 'owner', 'owner', 1, 'allowed'],
  ['admin', 'owner', 'viewer', 2, 'OWNER_REQUIRED'],
  ['admin', 'owner', undefined, 2, 'OWNER_REQUIRED'],
  ['admin', 'viewer', 'owner', 2, 'OWNER_REQUIRED'],
  ['admin', 'viewer', 'developer', 1, 'allowed'],
  ['admin', 'admin', undefined, 1, 'allowed'],
])('%s turning %s into %s among %i owners: %s', (actor, from, to, owners, expected) => {
  expect(outcome(actor, from, to, owners)).toBe(expected);
});
