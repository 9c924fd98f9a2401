import type { Changes, Tx } from '@thecloud/service-kit';
import type { HostRow } from './host.repo';

/** Says that a host changed, in the transaction that changes it. */
export type HostChanged = (tx: Tx, row: HostRow) => void;

export const hostChanged =
  (changes: Changes): HostChanged =>
  (tx, row) => {
    const { id, name, state, reason, message, cordoned, version } = row;
    changes.record(tx, {
      type: 'thecloud.host.changed',
      id,
      projectId: '',
      data: { name, state, reason, message, cordoned, version },
    });
  };
