import { isDeepStrictEqual } from 'node:util';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { changeInstance } from './change-instance';
import type { Change, Decide } from './change-instance';
import { createInstance } from './create-instance';
import type { CreateInstance, OwnedIdentity } from './create-instance';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow } from './instance.repo';
import { start, stop } from './power-instance';
import { update } from './update-instance';

/** What the owner wishes of its instance, whole. */
export interface ApplyOwned {
  readonly child: OwnedIdentity;
  readonly spec: CreateInstance;
  readonly desired: 'running' | 'stopped';
}

const FIELDS = {
  name: 'name',
  labels: 'labels',
  type: 'spec.type',
  entrypoint: 'spec.entrypoint',
  command: 'spec.command',
  env: 'spec.env',
  ports: 'spec.ports',
  restartPolicy: 'spec.restart_policy',
  onHostLoss: 'spec.on_host_loss',
} as const satisfies Partial<Record<keyof CreateInstance, string>>;

const GRACE_SECONDS = 10;

/**
 * Makes the instance, or changes it to what is asked: the same wish twice changes nothing. NOT_FOUND INSTANCE_NOT_FOUND:
 * it is another owner's. ALREADY_EXISTS INSTANCE_ID_TAKEN; ABORTED OWNER_GENERATION_STALE; FAILED_PRECONDITION
 * INSTANCE_BEING_DELETED; and what a person who makes or changes one is told.
 */
export async function applyOwned(
  d: InstanceDeps,
  tx: Tx,
  ctx: RequestContext,
  cmd: ApplyOwned,
): Promise<InstanceRow> {
  const { id, ownerGeneration } = cmd.child;
  const row = await lockOwned(tx, cmd.child);
  if (!row) return createInstance(d, tx, ctx, cmd.spec, cmd.child);
  if (ownerGeneration < row.ownerGeneration)
    throw commonErrors.OWNER_GENERATION_STALE({ id, seen: String(row.ownerGeneration) });
  if (row.desired === 'absent') throw errors.INSTANCE_BEING_DELETED({ id });
  const changed = await changeInstance(d, tx, ctx, id, changeTo(d, tx, cmd));
  return ownerGeneration === changed.ownerGeneration
    ? changed
    : instanceRepo.update(tx, id, { ownerGeneration });
}

/** Undefined: there is none yet. NOT_FOUND INSTANCE_NOT_FOUND: it is another owner's. */
export async function lockOwned(
  tx: Tx,
  { id, ownerService, ownerId }: Pick<OwnedIdentity, 'id' | 'ownerService' | 'ownerId'>,
): Promise<InstanceRow | undefined> {
  const row = await instanceRepo.lock(tx, id);
  if (row && (row.ownerService !== ownerService || row.ownerId !== ownerId))
    throw errors.INSTANCE_NOT_FOUND({ id });
  return row;
}

/** The spec first, then whether it runs: both as one change of the wish. */
const changeTo =
  (d: InstanceDeps, tx: Tx, { spec, desired }: ApplyOwned): Decide =>
  async (row) => {
    const mask: string[] = Object.entries(FIELDS).flatMap(([key, path]) =>
      isDeepStrictEqual(row[key as keyof typeof FIELDS], spec[key as keyof typeof FIELDS]) ? [] : [path],
    );
    const image = await d.images.findByIdOrName(tx, row.projectId, spec.image);
    if (image?.id !== row.imageId) mask.push('spec.image');
    const power = await (desired === row.desired
      ? undefined
      : (desired === 'running' ? start : stop(GRACE_SECONDS))(row));
    const powered: Partial<Change> = power === undefined || power === 'already so' ? {} : power;
    if (mask.length === 0) return powered.kind ? (powered as Change) : 'already so';
    const updated = (await update(d, tx, { mask, values: spec })(row)) as Change;
    return { ...updated, ...powered, change: { ...updated.change, ...powered.change } };
  };
