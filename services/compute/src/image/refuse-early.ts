import { projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { refuseFull } from './image-quota';
import type { ImageQuota } from './image-quota';
import { imageRepo } from './image.repo';

/**
 * Refuses what could not be recorded, before work is done for it: ALREADY_EXISTS IMAGE_NAME_TAKEN; RESOURCE_EXHAUSTED
 * IMAGE_LIMIT, IMAGE_STORAGE_LIMIT. The transaction that records decides.
 */
export async function refuseEarly(
  f: Pick<Foundation, 'db'>,
  ctx: RequestContext,
  quota: ImageQuota,
  { name, sizeBytes = 0n }: { readonly name: string; readonly sizeBytes?: bigint },
): Promise<void> {
  const projectId = projectOf(ctx);
  const [isTaken, used] = await f.db.read(scopeOf(ctx), (tx) =>
    Promise.all([imageRepo.isNameTaken(tx, projectId, name), imageRepo.usage(tx, projectId)]),
  );
  if (isTaken) throw errors.IMAGE_NAME_TAKEN({ name });
  refuseFull(used, quota, sizeBytes);
}
