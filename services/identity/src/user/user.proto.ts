import type { identityV1 } from '@thecloud/api';
import type { User } from './register-user';

/** As callers see an account: never its hash. */
export function userToProto(user: User): identityV1.User {
  const { id, email, name, platformAdmin, createdAt, disabledAt, oneTimeUntil } = user;
  return {
    ...{ id, email, name, platformAdmin, createdAt },
    state: disabledAt ? 'disabled' : 'active',
    mustChangePassword: oneTimeUntil !== null,
  };
}
