import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sizeOf } from '../instance-type/instance-type';
import { bindPorts } from '../placement/bind-ports';
import { placementRepo } from '../placement/placement.repo';
import { rememberTaken } from '../placement/taken-ports';
import type { Decide } from './change-instance';
import { readyImage, refusePorts, refuseProgram, typeNamed } from './check-spec';
import type { InstanceDeps } from './instance.ports';
import type { InstanceRow } from './instance.repo';

export interface UpdateInstance {
  readonly mask: readonly string[];
  readonly values: Pick<
    InstanceRow,
    'name' | 'labels' | 'entrypoint' | 'command' | 'env' | 'ports' | 'restartPolicy' | 'onHostLoss'
  > & {
    readonly type: string;
    /** Its id or name. */
    readonly image: string;
  };
}

const COLUMNS = {
  name: 'name',
  labels: 'labels',
  'spec.entrypoint': 'entrypoint',
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
    const [resizes, changesImage] = [mask.includes('spec.type'), mask.includes('spec.image')];
    if (paths.length === 0 && !resizes && !changesImage) throw errors.NOTHING_TO_UPDATE({});
    const change = Object.fromEntries(
      paths.map((path) => [COLUMNS[path], values[COLUMNS[path]]]),
    ) as Partial<InstanceRow>;
    refuseProgram({ ...row, ...change });
    if (resizes) Object.assign(change, await resized(tx, row, values.type));
    if (changesImage) Object.assign(change, await readyImage(d, tx, row.projectId, values.image));
    if (change.ports) {
      await refusePorts(d, change.ports, { placed: row.hostId !== null, tx });
      if (row.hostId && row.seen?.problemReason === 'PORT_TAKEN')
        await rememberTaken(tx, { ...row, hostId: row.hostId, takenPort: row.seen.problemPort });
      const conflict = row.hostId ? await bindPorts(tx, row.hostId, row.id, change.ports) : undefined;
      if (conflict === 0) throw errors.HOST_PORTS_USED_UP({});
      if (conflict !== undefined) throw errors.HOST_PORT_TAKEN({ port: String(conflict) });
    }
    if (row.onHostLoss === 'keep' && change.onHostLoss === 'restart') change.keptGeneration = row.generation;
    return { kind: 'instance.update', step: 'apply', change };
  };

/** On its host it takes or gives back the difference. RESOURCE_EXHAUSTED HOST_TOO_FULL. */
async function resized(
  tx: Tx,
  row: InstanceRow,
  name: string,
): Promise<Pick<InstanceRow, 'type' | 'cpuMillicores' | 'memoryMib'>> {
  const { cpuMillicores, memoryMib } = typeNamed(name);
  const size = { cpuMillicores, memoryMib };
  if (row.hostId && !(await placementRepo.resize(tx, row.hostId, sizeOf(row), size)))
    throw errors.HOST_TOO_FULL({ name });
  return { type: name, ...size };
}
