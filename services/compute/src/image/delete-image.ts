import type { Operations, PgWorkSource, PurgeCaller, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

export interface DeleteImageDeps {
  readonly operations: Pick<Operations, 'begin'>;
  readonly work: Pick<PgWorkSource, 'enqueue'>;
  readonly changed: (tx: Tx, row: ImageRow) => void;
  /** How many instances of all projects stand on it. */
  readonly usedBy: (tx: Tx, imageId: string) => Promise<number>;
}

/** Wishes an image gone. NOT_FOUND IMAGE_NOT_FOUND; FAILED_PRECONDITION IMAGE_SHARED, IMAGE_IN_USE. */
export async function deleteImage(
  d: DeleteImageDeps,
  tx: Tx,
  by: PurgeCaller,
  id: string,
): Promise<ImageRow> {
  const row = await imageRepo.lock(tx, id);
  if (!row && (await imageRepo.find(tx, id))) throw errors.IMAGE_SHARED({ id });
  if (!row) throw errors.IMAGE_NOT_FOUND({ id });
  if (row.state === 'deleting') return row;
  if (row.shared) throw errors.IMAGE_SHARED({ id });
  // It may have been shared: instances of other projects count.
  const users = await d.usedBy(tx, id);
  if (users > 0) throw errors.IMAGE_IN_USE({ image: row.name, instances: String(users) });
  const about = { kind: 'image.delete', resource: row, step: 'remove' };
  const operationId = await d.operations.begin(tx, by, about);
  const changed = await imageRepo.update(tx, id, { state: 'deleting', operationId });
  await d.work.enqueue(tx, 'image', id);
  d.changed(tx, changed);
  return changed;
}

/**
 * The same for one of a project that is being deleted. Answers with why it does not go yet, in words; undefined: it goes,
 * or is gone.
 */
export async function purgeImage(
  d: DeleteImageDeps,
  tx: Tx,
  by: PurgeCaller,
  id: string,
): Promise<string | undefined> {
  const row = await imageRepo.lock(tx, id);
  if (!row || row.state === 'deleting') return undefined;
  if (row.shared)
    return `image ${row.name} is shared with all projects, and an administrator must unshare it first`;
  const users = await d.usedBy(tx, id);
  if (users > 0) return `image ${row.name} is used by ${users} instance${users === 1 ? '' : 's'}`;
  await deleteImage(d, tx, by, id);
  return undefined;
}
