import type { ChangeDeps, Foundation, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

/** How images change. NOT_FOUND IMAGE_NOT_FOUND; one that another project shares can be seen, but not changed. */
export const changingImage = (
  { operations }: Pick<Foundation, 'operations'>,
  changed: (tx: Tx, row: ImageRow) => void,
): ChangeDeps<ImageRow> => ({
  operations,
  lock: async (tx, id) => {
    const row = await imageRepo.lock(tx, id);
    if (!row) throw errors.IMAGE_NOT_FOUND({ id });
    return row;
  },
  save: (tx, { id }, { change }, operationId) => imageRepo.update(tx, id, { ...change, operationId }),
  changed,
});
