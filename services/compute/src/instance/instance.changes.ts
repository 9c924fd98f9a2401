import type { Changes, Tx } from '@thecloud/service-kit';
import type { ChangedInstance } from './instance.ports';

/** Says that an instance changed, in the transaction that changes it. */
export const instanceChanged =
  (changes: Changes) =>
  (tx: Tx, row: ChangedInstance): void => {
    const { id, projectId, name, state, reason, message, generation, version, operationId } = row;
    const data = {
      ...{ name, state, reason, message, generation, version },
      host_id: row.hostId ?? '',
      operation_id: operationId,
    };
    changes.record(tx, { type: 'thecloud.instance.changed', id, projectId, data });
  };
