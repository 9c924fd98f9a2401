import type { Principal, RequestContext } from '@thecloud/service-kit';
import { principalOf } from '@thecloud/service-kit';
import { errors } from './errors';
import type { Role } from './role/role';
import { isRole } from './role/role';

/** The signed-in user. FAILED_PRECONDITION SESSION_REQUIRED: an API key calls, which is nobody in particular. */
export function signedInUser(ctx: RequestContext): Principal {
  const principal = principalOf(ctx);
  if (principal.kind !== 'user') throw errors.SESSION_REQUIRED({});
  return principal;
}

/** The caller's role in the current project. */
export function roleOf(ctx: RequestContext): Role {
  const role = principalOf(ctx).role ?? '';
  if (!isRole(role)) throw new Error(`a token carries the unknown role ${role}`);
  return role;
}
