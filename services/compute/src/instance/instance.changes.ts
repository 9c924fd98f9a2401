import { firstLineOf } from '@thecloud/kernel';
import type { Changes, Operations, Tx } from '@thecloud/service-kit';
import type { ChangedInstance } from './instance.ports';

/** Says that an instance changed, in the transaction that changes it. */
export const instanceChanged =
  (changes: Changes) =>
  (tx: Tx, row: ChangedInstance): void => {
    const { id, projectId, name, state, reason, message, generation, version, operationId } = row;
    const data = {
      ...{ name, state, reason, message: firstLineOf(message), generation, version },
      host_id: row.hostId ?? '',
      operation_id: operationId,
      ...(row.ownerService ? { owner: { service: row.ownerService, id: row.ownerId } } : {}),
    };
    changes.record(tx, { type: 'thecloud.instance.changed', id, projectId, data });
  };

/** Says of instances that they have a host and are about to start there. */
export const announcePlaced =
  (operations: Pick<Operations, 'advance'>, changed: (tx: Tx, row: ChangedInstance) => void) =>
  async (tx: Tx, placed: readonly ChangedInstance[]): Promise<void> => {
    for (const row of placed) changed(tx, row);
    await operations.advance(
      tx,
      placed.map(({ operationId }) => ({ id: operationId, step: 'start' })),
    );
  };
