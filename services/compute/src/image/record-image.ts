import { computeV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { imageUsageRepo } from './image-usage.repo';
import type { ImageRow } from './image.schema';
import { ownerIn } from './refuse-early';
import type { Registry } from './registry';

/** An image that is in the registry, and in no table yet. */
export type NewImage = Pick<ImageRow, 'id' | 'name' | 'labels' | 'digest' | 'sizeBytes'> &
  Partial<Pick<ImageRow, 'copiedFrom'>>;

export type RecordImage = (tx: Tx, row: NewImage) => Promise<computeV1.Image>;

/**
 * Records an image that is in the registry. It is removed from there if it was not recorded: because that was refused,
 * or because a concurrent request with the same idempotency key was first, whose answer this is then.
 */
export async function recordImage(
  f: Foundation,
  { registry }: { readonly registry: Registry },
  ctx: RequestContext,
  image: NewImage,
  record: RecordImage,
): Promise<computeV1.Image> {
  const forget = () =>
    f.db
      .write(scopeOf(ctx), (tx) => imageUsageRepo.noteDeleted(tx, { ...image, ...ownerIn(ctx) }))
      .then(() => registry.remove(image.id, image.digest))
      .catch((err: unknown) =>
        f.log.warn({ err, image: image.id }, 'could not remove an image that was not recorded'),
      );
  try {
    const answer = await f.mutate(ctx, computeV1.Image, (tx) => record(tx, image));
    if (answer.metadata?.id !== image.id) await forget();
    return answer;
  } catch (cause) {
    // Whether the transaction happened is not always known; the collector of orphans finds out.
    if (cause instanceof CloudError && cause.code !== 'UNAVAILABLE') await forget();
    throw cause;
  }
}
