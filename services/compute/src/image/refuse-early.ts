import { principalOf, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { refuseFull, refuseLarge } from './image-quota';
import type { ImageQuota } from './image-quota';
import { imageUsageRepo } from './image-usage.repo';
import type { ImageOwner } from './image-usage.repo';
import { imageRepo } from './image.repo';

/**
 * Refuses what could not be recorded, before work is done for it: ALREADY_EXISTS IMAGE_NAME_TAKEN; RESOURCE_EXHAUSTED
 * IMAGE_LIMIT, IMAGE_STORAGE_LIMIT, IMAGE_STORAGE_LIMIT_OF_PERSON. The transaction that records decides.
 */
export async function refuseEarly(
  f: Pick<Foundation, 'db'>,
  ctx: RequestContext,
  quota: ImageQuota,
  { name, sizeBytes = 0n }: { readonly name: string; readonly sizeBytes?: bigint },
): Promise<void> {
  const projectId = projectOf(ctx);
  const [isTaken, used] = await f.db.read(scopeOf(ctx), (tx) =>
    Promise.all([imageRepo.isNameTaken(tx, projectId, name), imageUsageRepo.of(tx, ownerIn(ctx))]),
  );
  if (isTaken) throw errors.IMAGE_NAME_TAKEN({ name });
  refuseFull(used, quota, sizeBytes);
}

/** Refuses an image that has no room, before it is pushed: the registry frees what it took in only once a day. */
export async function refuseLargeEarly(
  { db }: Pick<Foundation, 'db'>,
  owner: ImageOwner,
  quota: ImageQuota,
  sizeBytes: bigint,
): Promise<void> {
  refuseLarge(
    await db.read({ projectId: owner.projectId }, (tx) => imageUsageRepo.of(tx, owner)),
    quota,
    sizeBytes,
  );
}

/** Whose the images are that a request makes. */
export const ownerIn = (ctx: RequestContext): ImageOwner => ({
  projectId: projectOf(ctx),
  personId: principalOf(ctx).userId,
});
