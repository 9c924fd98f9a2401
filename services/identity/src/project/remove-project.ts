import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { revokeApiKeys } from '../api-key/revoke-api-key';
import { lockOwners } from '../member/lock-owners';
import { apiKeys, members, projects } from '../schema';
import { announceProject } from './project.events';

/** Takes a project away with its members and API keys. One that is gone, or never was, is no error. */
export async function removeProject(tx: Tx, id: string, by: string): Promise<void> {
  const [project] = await tx
    .update(projects)
    .set({ deletedAt: sql`now()`, version: sql`${projects.version} + 1` })
    .where(and(eq(projects.id, id), isNull(projects.deletedAt)))
    .returning();
  if (!project) return;
  await lockOwners(tx, [id]);
  await revokeApiKeys(tx, eq(apiKeys.projectId, id));
  await tx.delete(members).where(eq(members.projectId, id));
  announceProject(tx, 'deleted', project, by);
}
