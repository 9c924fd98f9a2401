import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { named } from '@thecloud/service-kit';
import type { Database, NameFilter, Page, Principal } from '@thecloud/service-kit';
import type { Role } from '../role/role';
import { members, projects } from '../schema';
import type { Project } from '../schema';

export interface ProjectWithRole {
  readonly project: Project;
  readonly role: string;
}

export interface ProjectFilter extends NameFilter {
  readonly id?: string;
  /** The caller's. */
  readonly role?: string;
}

/** Projects the caller belongs to, newest first; of an API key that is its one project. One more than the page has. */
export async function findProjects(
  db: Database,
  principal: Principal,
  page: Page,
  { id, role, ...names }: ProjectFilter,
): Promise<ProjectWithRole[]> {
  const wanted = and(
    isNull(projects.deletedAt),
    page.after ? lt(projects.id, page.after) : undefined,
    id ? eq(projects.id, id) : undefined,
    ...named(projects, names),
  );
  if (principal.kind === 'api_key') {
    if (role && role !== principal.role) return [];
    const projectId = principal.projectId ?? '';
    const rows = await db.read({ projectId }, (tx) =>
      tx
        .select()
        .from(projects)
        .where(and(wanted, eq(projects.id, projectId))),
    );
    return rows.map((project) => ({ project, role: principal.role ?? '' }));
  }
  return db.read({ subject: principal.subject }, (tx) =>
    tx
      .select({ project: projects, role: members.role })
      .from(members)
      .innerJoin(projects, eq(projects.id, members.projectId))
      .where(
        and(eq(members.userId, principal.subject), role ? eq(members.role, role as Role) : undefined, wanted),
      )
      .orderBy(desc(projects.id))
      .limit(page.size + 1),
  );
}
