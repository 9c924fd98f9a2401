import { agentV1 } from '@thecloud/api';
import type { Epoch } from '@thecloud/reconcile';
import { PIDS_PER_VCPU, sizeOf, vcpusOf } from '../instance-type/instance-type';
import type { BoundInstance } from './instance.repo';

/** Of what no longer exists: ids are not used again, so no later order can bear it. */
const LAST_GENERATION = 2 ** 32 - 1;
const REMOVAL_GRACE_SECONDS = 10;

/** As agents know it. */
export const INSTANCE = 'instance';
/** Of compute's controllers the one that orders instances. */
const CONTROLLER = 'instance';

/** The whole desired state, as the agent takes it. */
export function orderOf(row: BoundInstance, hostId: string, epoch: Epoch): agentV1.ApplyRequest {
  const { id, generation, desired } = row;
  return { ...orderFor(hostId, id, epoch), generation, desired, spec: encoded(specOf(row)) };
}

function specOf(row: BoundInstance): agentV1.InstanceSpec {
  const { cpuMillicores, memoryMib } = sizeOf(row);
  return {
    restartNonce: row.restartNonce,
    graceSeconds: row.graceSeconds,
    config: {
      image: row.imageReference,
      entrypoint: row.entrypoint,
      command: row.command,
      env: row.env,
      ports: row.bound.map(({ containerPort, hostPort, protocol }) => ({
        containerPort,
        hostPort,
        protocol,
      })),
      restartPolicy: row.restartPolicy,
      vcpus: vcpusOf(cpuMillicores),
      cpuMillicores,
      memoryMib,
      pids: PIDS_PER_VCPU * vcpusOf(cpuMillicores),
      hostname: row.name,
      projectId: row.projectId,
      onHostLoss: row.onHostLoss,
    },
  };
}

/**
 * To a host that has what is not meant to be there. Newer than what the host was ordered, which its facts may lag
 * behind; older than any order that comes once it is placed there again (see the controller's displacing).
 */
export function removalOf(
  seen: { instanceId: string; hostId: string; generation: number },
  row: BoundInstance | undefined,
  epoch: Epoch,
): agentV1.ApplyRequest {
  return {
    ...orderFor(seen.hostId, seen.instanceId, epoch),
    generation: row ? Math.max(seen.generation + 1, row.generation - 1) : LAST_GENERATION,
    desired: 'absent',
    spec: encoded({ config: undefined, restartNonce: 0, graceSeconds: REMOVAL_GRACE_SECONDS }),
  };
}

const orderFor = (hostId: string, id: string, epoch: Epoch) => ({
  ...{ hostId, kind: INSTANCE, id, controller: CONTROLLER, epoch },
  driver: '', // the host's default, or the one that has it
});

const encoded = (spec: agentV1.InstanceSpec) => Buffer.from(agentV1.InstanceSpec.encode(spec).finish());
