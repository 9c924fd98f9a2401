import type { Changes, Tx } from '@thecloud/service-kit';
import type { ImageRow } from './image.schema';

/** Says that an image changed, in the transaction that changes it. */
export const imageChanged =
  (changes: Changes) =>
  (tx: Tx, row: ImageRow, state: string = row.state): void => {
    const { id, projectId, name, reason, message, version, operationId } = row;
    const data = { name, state, reason, message, version, operation_id: operationId };
    changes.record(tx, { type: 'thecloud.image.changed', id, projectId, data });
  };
