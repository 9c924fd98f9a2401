import { isNamed, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Watched } from '@thecloud/service-kit';
import { imageRepo } from './image.repo';
import type { ImageFilter } from './image.repo';
import type { ImageRow } from './image.schema';

/**
 * The images that the project sees, as something to watch. Those that others share with it are told of now and then:
 * hints of a change go to the image's own project.
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
    list: (page) => f.db.read(scopeOf(ctx), (tx) => imageRepo.list(tx, projectId, filter, page)),
    find: (ids) => f.db.read(scopeOf(ctx), (tx) => imageRepo.findAll(tx, ids)),
    matches: (row) =>
      isNamed(row, filter) && (!filter.state || row.state === filter.state) && (!filter.shared || row.shared),
    version: (row) => row.version,
  };
}
