import { projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Watched } from '@thecloud/service-kit';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

/** The project's images, or the one of a name, as something to watch. */
export function watchedImages(f: Foundation, ctx: RequestContext, name = ''): Watched<ImageRow> {
  const projectId = projectOf(ctx);
  return {
    kind: 'image',
    projectId,
    list: (page) => f.db.read(scopeOf(ctx), (tx) => imageRepo.list(tx, projectId, name, page)),
    find: (ids) => f.db.read(scopeOf(ctx), (tx) => imageRepo.findAll(tx, ids)),
    matches: (row) => !name || row.name === name,
    version: (row) => row.version,
  };
}
