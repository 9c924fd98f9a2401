import type { Project } from '@thecloud/sdk';
import { ageColumn, idColumn, idOf, metadataDetails, nameColumn, type Kind } from '../resource';

export const projects: Kind<Project> = {
  noun: 'project',
  of: ({ projects: api }) => ({
    list: (request) => api.list(request),
    get: (id) => api.get(id),
  }),
  collection: 'projects',
  scope: 'user',
  nameFilter: true,
  id: idOf,
  columns: [nameColumn, { title: 'ROLE', value: (project) => project.role }, ageColumn, idColumn],
  details: metadataDetails,
};
