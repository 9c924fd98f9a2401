import { identityV1 } from '@thecloud/api';
import { cutPage, metadataOf, pageOf, principalOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, Handlers } from '@thecloud/service-kit';
import { errors } from '../errors';
import { roleOf, signedInUser } from '../principal';
import { createProject } from './create-project';
import type { Project } from '../schema';
import { findProjects } from './find-projects';
import { updateProject } from './update-project';

type Rpcs = Pick<
  Handlers<identityV1.ProjectServiceServer>,
  'createProject' | 'listProjects' | 'getProject' | 'updateProject'
>;

export function projectHandlers(f: Foundation): Rpcs {
  return {
    createProject: async (ctx, { name, labels }) => {
      const { subject } = signedInUser(ctx);
      return f.mutate(ctx, identityV1.Project, async (tx) =>
        projectToProto(await createProject(tx, { name, labels, userId: subject }), 'owner'),
      );
    },
    listProjects: async (ctx, request) => {
      const page = pageOf(request);
      const found = await findProjects(f.db, principalOf(ctx), page, request);
      const { rows, nextPageToken } = cutPage(
        found.map((row) => ({ id: row.project.id, ...row })),
        page,
      );
      return { projects: rows.map((row) => projectToProto(row.project, row.role)), nextPageToken };
    },
    getProject: async (ctx, { id }) => {
      const [found] = await findProjects(f.db, principalOf(ctx), { size: 1, after: undefined }, { id });
      if (!found) throw errors.PROJECT_NOT_FOUND({ id });
      return projectToProto(found.project, found.role);
    },
    updateProject: async (ctx, request) => {
      if (request.id !== projectOf(ctx)) throw errors.PROJECT_NOT_FOUND({ id: request.id });
      return f.mutate(ctx, identityV1.Project, async (tx) =>
        projectToProto(await updateProject(tx, principalOf(ctx).subject, request), roleOf(ctx)),
      );
    },
  };
}

function projectToProto(project: Project, role: string): identityV1.Project {
  return { metadata: metadataOf({ ...project, projectId: project.id }), role };
}
