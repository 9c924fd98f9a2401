import { newId } from '@thecloud/kernel';
import { deferUntilCommit, projectOf, UNOWNED } from '@thecloud/service-kit';
import type { Owned, RequestContext, Tx } from '@thecloud/service-kit';
import { readyImage, refusePorts, refuseProgram, refuseTooLarge, typeNamed } from './check-spec';
import type { OnHostLoss, PublishedPort, RestartPolicy } from './instance';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow, Look } from './instance.repo';

export interface CreateInstance {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly type: string;
  readonly image: string;
  readonly entrypoint: string[];
  readonly command: string[];
  readonly env: Record<string, string>;
  readonly ports: PublishedPort[];
  readonly restartPolicy: RestartPolicy;
  readonly onHostLoss: OnHostLoss;
}

/** What can be known to be impossible before anything is written. */
export async function refuseImpossible(d: InstanceDeps, cmd: CreateInstance): Promise<void> {
  await refuseTooLarge(d, cmd.type);
  refuseProgram(cmd);
  await refusePorts(d, cmd.ports);
}

/** What is so of every instance before anybody has done anything about it. */
const UNTOUCHED = {
  desired: 'running',
  state: 'provisioning',
  ...{ reason: '', message: '', hostId: null, seen: null, seenSequence: 0 },
  ...{ generation: 1, observedGeneration: 0, keptGeneration: 0, restartNonce: 0, version: 1 },
  graceSeconds: 10,
} as const;

/** An instance that another service makes for its own resource: under an id that it has chosen. */
export interface OwnedIdentity extends Owned {
  readonly id: string;
}

/** Records the wish and returns; making it true is the controller's job. */
export async function createInstance(
  d: InstanceDeps,
  tx: Tx,
  ctx: RequestContext,
  cmd: CreateInstance,
  child?: OwnedIdentity,
): Promise<InstanceRow> {
  const projectId = projectOf(ctx);
  const image = await readyImage(d, tx, projectId, cmd.image);
  const [id, operationId] = [child?.id ?? newId('instance'), newId('operation')];
  const { image: _, ...spec } = cmd;
  const { cpuMillicores, memoryMib } = typeNamed(cmd.type);
  const now = new Date();
  const wish: InstanceRow = {
    ...spec,
    cpuMillicores,
    memoryMib,
    id,
    projectId,
    operationId,
    ...image,
    ...UNTOUCHED,
    ...UNOWNED,
    ...child,
    createdAt: now,
    updatedAt: now,
  };
  d.changed(tx, wish);
  // The instance first: a name that is taken fails it, and what follows fails only with it.
  deferUntilCommit(
    tx,
    instanceRepo.insert(tx, wish),
    d.operations.beginFirst(tx, ctx, {
      kind: 'instance.create',
      resource: wish,
      step: 'place',
      id: operationId,
    }),
    d.work.handOver(tx, 'instance', id, { row: { ...wish, bound: [] } } satisfies Look),
  );
  return wish;
}
