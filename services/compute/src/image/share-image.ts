import { changeResource } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { changingImage } from './changing-image';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

type Needs = Pick<Foundation, 'operations' | 'changes'>;
type Changed = (tx: Tx, row: ImageRow) => void;

/**
 * Lets all projects launch from an image, or ends that. NOT_FOUND IMAGE_NOT_FOUND; FAILED_PRECONDITION IMAGE_NOT_READY;
 * ALREADY_EXISTS IMAGE_SHARED_NAME_TAKEN: another shared image has its name.
 */
export function shareImage(
  f: Needs,
  changed: Changed,
  tx: Tx,
  ctx: RequestContext,
  { id, shared }: { id: string; shared: boolean },
): Promise<ImageRow> {
  const told: Changed = (_tx, row) => {
    changed(tx, row);
    f.changes.hint(tx, 'image', id, ''); // all projects see it come or go
  };
  return changeResource<ImageRow>(changingImage(f, told), tx, ctx, id, async (row) => {
    if (row.shared === shared) return 'already so';
    if (shared && row.state !== 'ready') throw errors.IMAGE_NOT_READY({ image: row.name, state: row.state });
    // Once this is through, all who were making an instance of it have made it.
    if (!shared) await imageRepo.awaitLaunchesOfShared(tx);
    const verb = shared ? 'share' : 'unshare';
    return { kind: `image.${verb}`, step: verb, change: { shared } };
  });
}
