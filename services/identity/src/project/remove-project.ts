import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { announceKey } from '../api-key/create-api-key';
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
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.projectId, id), isNull(apiKeys.revokedAt)))
    .returning();
  for (const key of revoked) announceKey(tx, 'revoked', key);
  await tx.delete(members).where(eq(members.projectId, id));
  announceProject(tx, 'deleted', project, by);
}
