import { eq } from 'drizzle-orm';
import { identityV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, Implementation } from '@thecloud/service-kit';
import { addressOf } from '../caller-address';
import { errors } from '../errors';
import { signedInUser } from '../principal';
import { users } from '../schema';
import { takeAttempt } from '../session/attempts';
import { changePassword } from './change-password';
import { normalEmail } from './email';
import type { Passwords } from './passwords';
import { registerUser } from './register-user';
import { userAdministration } from './user-administration.rpc';
import { userToProto } from './user.proto';

const MOST_REGISTRATIONS = 100;

export function userRpc(
  f: Foundation,
  passwords: Passwords,
  registration: 'open' | 'closed',
): Implementation {
  return implement<identityV1.UserServiceServer>(identityV1.UserServiceService, {
    registerUser: async (ctx, request) => {
      if (registration === 'closed') throw errors.REGISTRATION_CLOSED({});
      const address = `register:${addressOf(ctx)}`;
      await f.db.write('system', (tx) =>
        takeAttempt(tx, { key: address, most: MOST_REGISTRATIONS, refusal: errors.REGISTRATION_LIMITED }),
      );
      // Hashed before the address is looked up: the answer takes as long either way.
      const passwordHash = await passwords.hash(request.password);
      const account = { email: normalEmail(request.email), name: request.name, passwordHash };
      return userToProto(await f.db.write('system', (tx) => registerUser(tx, account)));
    },
    getCurrentUser: async (ctx) => {
      const { subject } = signedInUser(ctx);
      const [user] = await f.db.read({ subject }, (tx) =>
        tx.select().from(users).where(eq(users.id, subject)),
      );
      if (!user) throw new Error(`the signed-in user ${subject} has no row`);
      return userToProto(user);
    },
    changePassword: async (ctx, { oldPassword, newPassword }) => {
      const { subject: userId, sessionId = '' } = signedInUser(ctx);
      await changePassword(f.db, passwords, { userId, sessionId, oldPassword, newPassword });
      return {};
    },
    ...userAdministration(f, passwords),
  });
}
