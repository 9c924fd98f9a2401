import { isNamed, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Sighting, Watched } from '@thecloud/service-kit';
import { instanceRepo } from './instance.repo';
import type { InstanceFilter, InstanceView } from './instance.repo';

/** The project's instances, or those of them that a filter lets through, as something to watch. */
export function watchedInstances(
  f: Foundation,
  ctx: RequestContext,
  filter: InstanceFilter = {},
): Watched<InstanceView> {
  const projectId = projectOf(ctx);
  return {
    kind: 'instance',
    projectId,
    list: (page) => f.db.read(scopeOf(ctx), (tx) => instanceRepo.list(tx, projectId, filter, page)),
    find: (ids) => f.db.read(scopeOf(ctx), (tx) => instanceRepo.findAll(tx, ids)),
    matches: (row) =>
      isNamed(row, filter) &&
      (!filter.imageIds || filter.imageIds.includes(row.imageId)) &&
      (['state', 'type', 'hostId'] as const).every((field) => !filter[field] || filter[field] === row[field]),
    version: (row) => row.version,
  };
}

/** As it is shown: one that is gone as deleted. */
export const asSeen = ({ row, gone }: Sighting<InstanceView>): InstanceView =>
  gone ? { ...row, state: 'deleted', version: row.version + 1 } : row;
