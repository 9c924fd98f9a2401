import { errors } from '../errors';
import type { Role } from '../role/role';
import { exceeds } from '../role/role';

/**
 * May somebody of role `actor` turn a member of role `from` into one of role `to`? (`undefined`: no member.) Only
 * owners make or unmake owners, nobody hands out more than they have, and the last owner stays.
 */
export function checkRoleChange(
  actor: Role,
  from: Role | undefined,
  to: Role | undefined,
  owners: number,
): void {
  if (actor !== 'owner' && (from === 'owner' || to === 'owner')) throw errors.OWNER_REQUIRED({});
  if (to && exceeds(to, actor)) throw errors.ROLE_TOO_HIGH({ role: actor });
  if (from === 'owner' && to !== 'owner' && owners <= 1) throw errors.LAST_OWNER({});
}
