import { and, eq, isNull } from 'drizzle-orm';
import { identityV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, Implementation, Tx } from '@thecloud/service-kit';
import { permissionsOf } from '../role/role';
import { members, projects, users } from '../schema';
import { active } from '../user/user.schema';

/** Handlers of ProjectAccessService. */
export function projectAccessRpc(f: Foundation): Implementation {
  return implement<identityV1.ProjectAccessServiceServer>(identityV1.ProjectAccessServiceService, {
    getProjectAccess: async (_, { userId, projectId }) => ({
      permissions: [...(await f.db.read('system', (tx) => permissionsIn(tx, userId, projectId)))],
    }),
  });
}

/** Of a user who can sign in, in a project that is not deleted; otherwise none. */
async function permissionsIn(tx: Tx, userId: string, projectId: string): Promise<readonly string[]> {
  const [row] = await tx
    .select({ role: members.role })
    .from(members)
    .innerJoin(projects, and(eq(projects.id, members.projectId), isNull(projects.deletedAt)))
    .innerJoin(users, and(eq(users.id, members.userId), active))
    .where(and(eq(members.projectId, projectId), eq(members.userId, userId)));
  return row ? permissionsOf(row.role) : [];
}
