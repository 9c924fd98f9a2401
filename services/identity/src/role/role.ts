/** Roles of a project's members and API keys, the mightiest first. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What each role may do in its project, in the terms of `grants`. Nouns that come later need no line here: an owner,
 * admin or developer may do everything with a resource, a viewer may look, and
 * leave. Who governs the project (members, keys)
 * is what a developer is denied. That only owners make or unmake owners is a rule of members, not of permissions.
 */
const PERMISSIONS: Readonly<Record<Role, readonly string[]>> = {
  owner: ['*:*'],
  admin: ['*:*', '!project:delete'],
  developer: [
    '*:*',
    ...['create', 'update', 'delete'].map((verb) => `!member:${verb}`),
    ...['create', 'update', 'delete'].map((verb) => `!api-key:${verb}`),
    ...['update', 'delete'].map((verb) => `!project:${verb}`),
  ],
  viewer: ['*:read', '*:list', 'membership:delete'],
};

export const permissionsOf = (role: Role): readonly string[] => PERMISSIONS[role];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** Is `role` more than `limit`? */
export const exceeds = (role: Role, limit: Role): boolean => ROLES.indexOf(role) < ROLES.indexOf(limit);

/** The lesser of two. */
export const lesser = (a: Role, b: Role): Role => (exceeds(a, b) ? b : a);
