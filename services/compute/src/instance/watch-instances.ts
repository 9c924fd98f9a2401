import { projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Sighting, Watched } from '@thecloud/service-kit';
import { instanceRepo } from './instance.repo';
import type { InstanceFilter, InstanceView } from './instance.repo';

/** The project's instances, or those of them that a filter lets through, as something to watch. */
export function watchedInstances(
  f: Foundation,
  ctx: RequestContext,
  filter: InstanceFilter = { labels: {} },
): Watched<InstanceView> {
  const projectId = projectOf(ctx);
  return {
    kind: 'instance',
    projectId,
    list: (page) => f.db.read(scopeOf(ctx), (tx) => instanceRepo.list(tx, projectId, filter, page)),
    find: (ids) => f.db.read(scopeOf(ctx), (tx) => instanceRepo.findAll(tx, ids)),
    matches: (row) =>
      (!filter.state || filter.state === row.state) &&
      (!filter.name || filter.name === row.name) &&
      (!filter.hostId || filter.hostId === row.hostId) &&
      Object.entries(filter.labels).every(([key, value]) => row.labels[key] === value),
    version: (row) => row.version,
  };
}

/** As it is shown: one that is gone as deleted. */
export const asSeen = ({ row, gone }: Sighting<InstanceView>): InstanceView =>
  gone ? { ...row, state: 'deleted', version: row.version + 1 } : row;
