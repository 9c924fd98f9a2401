import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { identityV1 } from '@thecloud/api';
import { cutPage, pageOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, Handlers, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { roleOf, signedInUser } from '../principal';
import type { Role } from '../role/role';
import { members, users } from '../schema';
import { normalEmail } from '../user/email';
import { addMember, leaveProject, removeMember, updateMember } from './change-members';
import type { Actor } from './change-members';

type Rpcs = Pick<
  Handlers<identityV1.ProjectServiceServer>,
  'listMembers' | 'addMember' | 'updateMember' | 'removeMember' | 'leaveProject'
>;

export function memberHandlers(f: Foundation): Rpcs {
  return {
    listMembers: async (ctx, request) => {
      const page = pageOf(request);
      const projectId = projectOf(ctx);
      const found = await f.db.read({ projectId }, (tx) =>
        tx
          .select({
            id: members.userId,
            userId: members.userId,
            email: users.email,
            role: members.role,
            createdAt: members.createdAt,
          })
          .from(members)
          .innerJoin(users, eq(users.id, members.userId))
          .where(
            and(
              eq(members.projectId, projectId),
              page.after ? lt(members.userId, page.after) : undefined,
              request.email ? eq(users.email, normalEmail(request.email)) : undefined,
              request.role ? eq(members.role, request.role as Role) : undefined,
            ),
          )
          .orderBy(desc(members.userId))
          .limit(page.size + 1),
      );
      const { rows, nextPageToken } = cutPage(found, page);
      return { members: rows.map(({ id: _, ...member }) => member), nextPageToken };
    },
    addMember: async (ctx, request) => {
      const email = normalEmail(request.email);
      const user = await findUser(f, email);
      return f.mutate(ctx, identityV1.Member, (tx) => {
        if (!user) throw errors.USER_NOT_FOUND({ email });
        return addMember(tx, actorOf(ctx), user, request.role as Role);
      });
    },
    updateMember: async (ctx, request) =>
      f.mutate(ctx, identityV1.Member, (tx) =>
        updateMember(tx, actorOf(ctx), request.userId, request.role as Role),
      ),
    removeMember: async (ctx, { userId }) =>
      f.mutate(ctx, identityV1.RemoveMemberResponse, async (tx) => {
        await removeMember(tx, actorOf(ctx), userId);
        return {};
      }),
    leaveProject: async (ctx) => {
      const { subject } = signedInUser(ctx);
      return f.mutate(ctx, identityV1.LeaveProjectResponse, async (tx) => {
        await leaveProject(tx, projectOf(ctx), subject);
        return {};
      });
    },
  };
}

const actorOf = (ctx: RequestContext): Actor => ({ projectId: projectOf(ctx), role: roleOf(ctx) });

/** A project cannot see people who are not its members: this one look is the system's. */
async function findUser(f: Foundation, email: string): Promise<{ id: string; email: string } | undefined> {
  const [user] = await f.db.read('system', (tx) =>
    tx
      .select({ id: users.id, email: users.email })
      .from(users)
      .where(and(eq(users.email, email), isNull(users.deletedAt))),
  );
  return user;
}
