import { emit, onCommit } from '@thecloud/service-kit';
import type { KitTables, Tx, Wakes } from '@thecloud/service-kit';
import type { ChangedInstance } from './instance.ports';

/** Records that an instance changed, for subscribers, and wakes whoever watches it once that is committed. */
export const instanceChanged =
  (tables: KitTables, wakes: Wakes) =>
  async (tx: Tx, row: ChangedInstance): Promise<void> => {
    const { id, projectId, name, state, reason, generation, version } = row;
    await emit(tx, tables, 'compute', {
      type: 'thecloud.instance.changed',
      subject: id,
      projectId,
      data: { name, state, reason, generation, version },
    });
    onCommit(tx, () => wakes.ring(`changed-${id}`));
  };
