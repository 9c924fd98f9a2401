import { computeV1 } from '@thecloud/api';
import { metadataOf } from '@thecloud/service-kit';
import type { CreateInstance } from './create-instance';
import type { OnHostLoss, Protocol, PublishedPort, RestartPolicy } from './instance';
import type { InstanceRow, InstanceView } from './instance.repo';

/** proto -> domain. Empty strings stand for defaults. */
export function toCreate(request: computeV1.CreateInstanceRequest): CreateInstance {
  const spec = computeV1.InstanceSpec.fromPartial(request.spec ?? {});
  return {
    name: request.name,
    labels: request.labels,
    type: spec.type,
    image: spec.image,
    ...toChanges(spec),
  };
}

export function toChanges(
  spec: computeV1.InstanceChanges,
): Pick<CreateInstance, 'entrypoint' | 'command' | 'env' | 'ports' | 'restartPolicy' | 'onHostLoss'> {
  return {
    entrypoint: spec.entrypoint,
    command: spec.command,
    env: spec.env,
    ports: spec.ports.map((p): PublishedPort => ({ ...p, protocol: (p.protocol || 'tcp') as Protocol })),
    restartPolicy: (spec.restartPolicy || 'always') as RestartPolicy,
    onHostLoss: (spec.onHostLoss || 'restart') as OnHostLoss,
  };
}

/** domain -> proto, with everything in it. Callers get it through `shownTo`. */
export function toProto(row: InstanceRow & Partial<Pick<InstanceView, 'bound'>>): computeV1.Instance {
  const { seen } = row;
  return {
    metadata: metadataOf(row),
    spec: {
      type: row.type,
      image: row.imageId,
      entrypoint: row.entrypoint,
      command: row.command,
      env: row.env,
      ports: row.ports.map((p) => ({ ...p })),
      restartPolicy: row.restartPolicy,
      onHostLoss: row.onHostLoss,
    },
    status: {
      state: row.state,
      reason: row.reason,
      message: row.message,
      observedGeneration: row.observedGeneration,
      hostId: row.hostId ?? '',
      imageDigest: row.imageReference.split('@')[1] ?? '',
      ports: (row.bound ?? []).map((p) => ({ ...p })),
      startedAt: seen?.startedAt ? new Date(seen.startedAt) : undefined,
      exitCode: seen?.exitCode ?? 0,
      restartCount: seen?.restartCount ?? 0,
      hiddenFields: [],
    },
  };
}
