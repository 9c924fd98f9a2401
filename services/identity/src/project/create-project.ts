import { and, count, eq, isNull, sql } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import { onlyRow, refuseTaken } from '@thecloud/service-kit';
import type { TakenErrors, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { announceMember } from '../member/member.events';
import { members, projects } from '../schema';
import type { Project } from '../schema';
import { checkActive } from '../user/check-active';
import { announceProject } from './project.events';

/** How many projects one account may make. */
const MOST_PROJECTS = 100;

export interface NewProject {
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Makes and owns it. */
  readonly userId: string;
}

/** ALREADY_EXISTS PROJECT_NAME_TAKEN; RESOURCE_EXHAUSTED PROJECT_LIMIT; and see checkActive. */
export async function createProject(tx: Tx, { name, labels, userId }: NewProject): Promise<Project> {
  const live = and(eq(projects.createdBy, userId), isNull(projects.deletedAt));
  const [made] = await tx.select({ n: count() }).from(projects).where(live);
  if ((made?.n ?? 0) >= MOST_PROJECTS) throw errors.PROJECT_LIMIT({ limit: String(MOST_PROJECTS) });

  const id = newId('project');
  // Row-level security lets a project's rows be written from inside of it only: from here on, that is where we are.
  await tx.execute(sql`select set_config('thecloud.project_id', ${id}, true)`);
  const project = await insert(tx, { id, name, labels, createdBy: userId });
  await tx.insert(members).values({ projectId: id, userId, role: 'owner' });
  await checkActive(tx, userId);
  announceProject(tx, 'created', project, userId);
  announceMember(tx, 'added', { projectId: id, userId, role: 'owner' });
  return project;
}

async function insert(tx: Tx, row: typeof projects.$inferInsert): Promise<Project> {
  return onlyRow(await refuseTaken(tx.insert(projects).values(row).returning(), takenName(row.name)));
}

/** Of the name of a project. ALREADY_EXISTS PROJECT_NAME_TAKEN. */
export const takenName = (name: string): TakenErrors => ({
  project_name: (cause) => errors.PROJECT_NAME_TAKEN({ name }, cause),
});
