import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

type Needs = Pick<Foundation, 'operations' | 'changes'>;
type Changed = (tx: Tx, row: ImageRow) => void;

/**
 * Lets all projects launch from an image, or ends that. NOT_FOUND IMAGE_NOT_FOUND; FAILED_PRECONDITION IMAGE_NOT_READY;
 * ALREADY_EXISTS IMAGE_SHARED_NAME_TAKEN: another shared image has its name.
 */
export async function shareImage(
  f: Needs,
  changed: Changed,
  tx: Tx,
  ctx: RequestContext,
  { id, shared }: { id: string; shared: boolean },
): Promise<ImageRow> {
  const row = await imageRepo.lock(tx, id);
  if (!row) throw errors.IMAGE_NOT_FOUND({ id });
  if (row.shared === shared) return row;
  if (shared && row.state !== 'ready') throw errors.IMAGE_NOT_READY({ image: row.name, state: row.state });
  // Once this is through, all who were making an instance of it have made it.
  if (!shared) await imageRepo.awaitLaunchesOfShared(tx);
  const verb = shared ? 'share' : 'unshare';
  const about = { kind: `image.${verb}`, resource: row, step: verb };
  const operationId = await f.operations.record(tx, ctx, about);
  const saved = await imageRepo.update(tx, id, { shared, operationId });
  changed(tx, saved);
  f.changes.hint(tx, 'image', id, ''); // all projects see it come or go
  return saved;
}
