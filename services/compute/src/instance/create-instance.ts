import { newId } from '@thecloud/kernel';
import { lastly, projectOf } from '@thecloud/service-kit';
import type { RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { fits } from '../host/largest-host';
import { findInstanceType, knownTypes } from '../instance-type/instance-type';
import { repeatedPort } from './instance';
import type { OnHostLoss, PublishedPort, RestartPolicy } from './instance';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow, Look } from './instance.repo';

export interface CreateInstance {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly type: string;
  readonly image: string;
  readonly command: string[];
  readonly env: Record<string, string>;
  readonly ports: PublishedPort[];
  readonly restartPolicy: RestartPolicy;
  readonly onHostLoss: OnHostLoss;
}

/** What can be known to be impossible before anything is written. */
export async function refuseImpossible(
  d: InstanceDeps,
  cmd: Pick<CreateInstance, 'type' | 'ports'>,
): Promise<void> {
  const type = findInstanceType(cmd.type);
  if (!type) throw errors.INSTANCE_TYPE_UNKNOWN({ name: cmd.type, known: knownTypes });
  const largest = await d.fleet.largest(type);
  if (largest && !fits(type, largest)) throw errors.INSTANCE_TYPE_TOO_LARGE({ name: type.name });
  await refusePorts(d, cmd.ports);
}

/** INVALID_ARGUMENT PORT_REPEATED; ALREADY_EXISTS HOST_PORT_TAKEN, unless it has a host, which then decides. */
export async function refusePorts(
  d: InstanceDeps,
  ports: readonly PublishedPort[],
  placed = false,
): Promise<void> {
  const repeated = repeatedPort(ports);
  if (repeated) throw errors.PORT_REPEATED({ port: repeated });
  if (placed) return;
  const named = ports
    .filter((p) => p.hostPort !== 0)
    .map((p) => ({ port: p.hostPort, protocol: p.protocol }));
  const [taken] = await d.fleet.portsTaken(named);
  if (taken !== undefined) throw errors.HOST_PORT_TAKEN({ port: String(taken) });
}

/** What is so of every instance before anybody has done anything about it. */
const UNTOUCHED = {
  desired: 'running',
  state: 'provisioning',
  ...{ reason: '', message: '', hostId: null, seen: null, seenSequence: 0 },
  ...{ generation: 1, observedGeneration: 0, keptGeneration: 0, restartNonce: 0, version: 1 },
  graceSeconds: 10,
} as const;

/** Records the wish and returns; making it true is the controller's job. */
export async function createInstance(
  d: InstanceDeps,
  tx: Tx,
  ctx: RequestContext,
  cmd: CreateInstance,
): Promise<InstanceRow> {
  const projectId = projectOf(ctx);
  const image = await d.images.findByIdOrName(tx, projectId, cmd.image);
  if (!image) throw errors.IMAGE_UNKNOWN({ image: cmd.image });
  if (image.state !== 'ready') throw errors.IMAGE_NOT_READY({ image: cmd.image, state: image.state });

  const [id, operationId] = [newId('instance'), newId('operation')];
  const { image: _, ...spec } = cmd;
  const now = new Date();
  const wish: InstanceRow = {
    ...spec,
    id,
    projectId,
    operationId,
    imageId: image.id,
    imageReference: d.imageReference(image),
    ...UNTOUCHED,
    createdAt: now,
    updatedAt: now,
  };
  d.changed(tx, wish);
  // The instance first: a name that is taken fails it, and what follows fails only with it.
  lastly(
    tx,
    instanceRepo.insert(tx, wish),
    d.operations.beginFirst(tx, ctx, projectId, 'instance.create', id, 'place', operationId),
    d.work.handOver(tx, 'instance', id, { row: { ...wish, bound: [] } } satisfies Look),
  );
  return wish;
}
