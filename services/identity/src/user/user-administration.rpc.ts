import { identityV1 } from '@thecloud/api';
import { cutPage, pageOf, principalOf } from '@thecloud/service-kit';
import type { Foundation, Handlers, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { takeAttempt } from '../session/attempts';
import { grantAdministrator, revokeAdministrator } from './administrators';
import { deleteUser } from './delete-user';
import { normalEmail } from './email';
import { findUser, findUsers } from './find-users';
import { newOneTime, resetPassword } from './one-time-password';
import type { Passwords } from './passwords';
import { registerUser } from './register-user';
import type { User } from './register-user';
import { disableUser, enableUser } from './suspend-user';
import { userToProto } from './user.proto';

type Rpcs = Pick<
  Handlers<identityV1.UserServiceServer>,
  | 'createUser'
  | 'listUsers'
  | 'getUser'
  | 'disableUser'
  | 'enableUser'
  | 'grantAdministrator'
  | 'revokeAdministrator'
  | 'deleteUser'
  | 'resetUserPassword'
>;

/**
 * Changes of accounts that one administrator may make in 15 minutes: a stolen key, and the
 * keys it makes, cannot lock out everybody at once.
 */
const MOST_CHANGES = 300;

/** What administrators of the installation do with accounts. */
export function userAdministration(f: Foundation, passwords: Passwords): Rpcs {
  /** In the transaction of the change: an answer that is repeated counts once. */
  const count = async (tx: Tx, ctx: RequestContext) =>
    takeAttempt(tx, {
      key: `administers:${principalOf(ctx).userId}`,
      most: MOST_CHANGES,
      refusal: errors.ACCOUNT_CHANGES_LIMITED,
    });
  const change = async (
    ctx: RequestContext,
    fn: (tx: Tx, by: string) => Promise<User>,
  ): Promise<identityV1.User> => {
    return f.mutate(ctx, identityV1.User, async (tx) => {
      await count(tx, ctx);
      return userToProto(await fn(tx, principalOf(ctx).subject));
    });
  };
  /** Makes a one-time password and stores it by `fn`. */
  const handOut = async (
    ctx: RequestContext,
    fn: (tx: Tx, by: string, kept: { passwordHash: string; expiresAt: Date }) => Promise<User>,
  ): Promise<identityV1.OneTimePassword> => {
    const { password, expiresAt } = newOneTime();
    const passwordHash = await passwords.hash(password);
    return f.mutate(ctx, identityV1.OneTimePassword, async (tx) => {
      await count(tx, ctx);
      const user = await fn(tx, principalOf(ctx).subject, { passwordHash, expiresAt });
      return { user: userToProto(user), password, expiresAt };
    });
  };

  return {
    createUser: (ctx, { email, name }) =>
      handOut(ctx, (tx, by, { passwordHash, expiresAt: oneTimeUntil }) =>
        registerUser(tx, { email: normalEmail(email), name, passwordHash, oneTimeUntil }, { by }),
      ),
    listUsers: async (_, request) => {
      const page = pageOf(request);
      const { rows, nextPageToken } = cutPage(
        await f.db.read('system', (tx) => findUsers(tx, request, page)),
        page,
      );
      return { users: rows.map(userToProto), nextPageToken };
    },
    getUser: async (_, { id }) => userToProto(await f.db.read('system', (tx) => findUser(tx, id))),
    disableUser: (ctx, { id, handOverTo }) => change(ctx, (tx, by) => disableUser(tx, id, by, handOverTo)),
    enableUser: (ctx, { id }) => change(ctx, (tx, by) => enableUser(tx, id, by)),
    grantAdministrator: (ctx, { id }) => change(ctx, (tx, by) => grantAdministrator(tx, id, by)),
    revokeAdministrator: (ctx, { id }) => change(ctx, (tx, by) => revokeAdministrator(tx, id, by)),
    deleteUser: (ctx, { id, handOverTo }) => change(ctx, (tx, by) => deleteUser(tx, id, by, handOverTo)),
    resetUserPassword: (ctx, { id }) => handOut(ctx, (tx, by, kept) => resetPassword(tx, id, by, kept)),
  };
}
