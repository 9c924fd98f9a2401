import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { bindPorts } from '../placement/bind-ports';
import { rememberTaken } from '../placement/taken-ports';
import type { Decide } from './change-instance';
import { refusePorts } from './create-instance';
import type { InstanceDeps } from './instance.ports';
import type { InstanceRow } from './instance.repo';

export interface UpdateInstance {
  readonly mask: readonly string[];
  readonly values: Pick<
    InstanceRow,
    'name' | 'labels' | 'command' | 'env' | 'ports' | 'restartPolicy' | 'onHostLoss'
  >;
}

const COLUMNS = {
  name: 'name',
  labels: 'labels',
  'spec.command': 'command',
  'spec.env': 'env',
  'spec.ports': 'ports',
  'spec.restart_policy': 'restartPolicy',
  'spec.on_host_loss': 'onHostLoss',
} as const;

/** The fields the mask names, and nothing else. */
export const update =
  (d: InstanceDeps, tx: Tx, { mask, values }: UpdateInstance): Decide =>
  async (row) => {
    const paths = mask.filter((path): path is keyof typeof COLUMNS => path in COLUMNS);
    if (paths.length === 0) throw errors.NOTHING_TO_UPDATE({});
    const change = Object.fromEntries(
      paths.map((path) => [COLUMNS[path], values[COLUMNS[path]]]),
    ) as Partial<InstanceRow>;
    if (change.ports) {
      await refusePorts(d, change.ports, row.hostId !== null);
      if (row.hostId && row.seen?.problemReason === 'PORT_TAKEN')
        await rememberTaken(tx, { ...row, hostId: row.hostId, takenPort: row.seen.problemPort });
      const conflict = row.hostId ? await bindPorts(tx, row.hostId, row.id, change.ports) : undefined;
      if (conflict === 0) throw errors.HOST_PORTS_USED_UP({});
      if (conflict !== undefined) throw errors.HOST_PORT_TAKEN({ port: String(conflict) });
    }
    if (row.onHostLoss === 'keep' && change.onHostLoss === 'restart') change.keptGeneration = row.generation;
    return { kind: 'instance.update', step: 'apply', change };
  };
