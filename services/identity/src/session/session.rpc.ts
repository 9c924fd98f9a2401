import { and, eq } from 'drizzle-orm';
import { identityV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, Implementation } from '@thecloud/service-kit';
import { addressOf } from '../caller-address';
import { signedInUser } from '../principal';
import { sessions } from '../schema';
import { normalEmail } from '../user/email';
import type { Passwords } from '../user/passwords';
import { userToProto } from '../user/user.proto';
import { logIn } from './log-in';

export function sessionRpc(f: Foundation, passwords: Passwords): Implementation {
  return implement<identityV1.SessionServiceServer>(identityV1.SessionServiceService, {
    createSession: async (ctx, { email, password, newPassword }) => {
      const login = { email: normalEmail(email), password, newPassword, address: addressOf(ctx) };
      const session = await logIn(f.db, passwords, login);
      return { ...session, user: userToProto(session.user) };
    },
    deleteCurrentSession: async (ctx) => {
      const { subject, sessionId = '' } = signedInUser(ctx);
      const mine = and(eq(sessions.id, sessionId), eq(sessions.userId, subject));
      return f.mutate(ctx, identityV1.DeleteCurrentSessionResponse, async (tx) => {
        await tx.delete(sessions).where(mine);
        return {};
      });
    },
  });
}
