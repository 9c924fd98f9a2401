import { isNamed, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Watched } from '@thecloud/service-kit';
import { imageRepo } from './image.repo';
import type { ImageFilter } from './image.repo';
import type { ImageRow } from './image.schema';

/**
 * The images that the project sees, as something to watch. Of those that others share with it only sharing and its end
 * are changes: a shared image is not changed otherwise, and the hints of both go to all projects.
 */
export function watchedImages(
  f: Foundation,
  ctx: RequestContext,
  filter: ImageFilter = {},
): Watched<ImageRow> {
  const projectId = projectOf(ctx);
  return {
    kind: 'image',
    projectId,
    shared: true,
    list: (page) => f.db.read(scopeOf(ctx), (tx) => imageRepo.list(tx, projectId, filter, page)),
    find: (ids) => f.db.read(scopeOf(ctx), (tx) => imageRepo.findAll(tx, ids)),
    matches: (row) =>
      isNamed(row, filter) && (!filter.state || row.state === filter.state) && (!filter.shared || row.shared),
    version: (row) => row.version,
  };
}
