import { methods } from '@thecloud/api';
import { grants } from '@thecloud/service-kit';
import { exceeds, lesser, permissionsOf, ROLES } from './role';

/** What is governed, not made: who may do it is decided here, one line each. Everything else follows its verb. */
const GOVERNED: Record<string, readonly string[]> = {
  'member:create': ['owner', 'admin'],
  'member:update': ['owner', 'admin'],
  'member:delete': ['owner', 'admin'],
  'api-key:create': ['owner', 'admin'],
  'api-key:delete': ['owner', 'admin'],
  'project:update': ['owner', 'admin'],
  'project:delete': ['owner'],
  'membership:delete': ROLES,
};
const LOOKING = ['list', 'read'];

const permissions = [
  ...new Set(
    methods.filter((m) => m.auth.scope === 'project' && m.auth.permission).map((m) => m.auth.permission),
  ),
];

describe('roles', () => {
  it.each(permissions)('%s is for those it is meant for', (permission) => {
    const verb = permission.split(':')[1] ?? '';
    const meant = GOVERNED[permission] ?? (LOOKING.includes(verb) ? ROLES : ['owner', 'admin', 'developer']);
    expect(ROLES.filter((role) => grants(permissionsOf(role), permission))).toEqual(meant);
  });

  it('only an owner may delete the project', () => {
    expect(ROLES.filter((role) => grants(permissionsOf(role), 'project:delete'))).toEqual(['owner']);
  });

  it('are ordered', () => {
    expect(exceeds('owner', 'admin')).toBe(true);
    expect(exceeds('admin', 'admin')).toBe(false);
    expect(exceeds('viewer', 'developer')).toBe(false);
    expect(lesser('owner', 'viewer')).toBe('viewer');
    expect(lesser('developer', 'admin')).toBe('developer');
  });
});
