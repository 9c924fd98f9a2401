import type { identityV1 } from '@thecloud/api';
import type { User } from './register-user';

/** As callers see an account: never its hash. */
export function userToProto({ id, email, name, platformAdmin, createdAt }: User): identityV1.User {
  return { id, email, name, platformAdmin, createdAt };
}
