import { changeResource } from '@thecloud/service-kit';
import type { Decide as DecideOf, Decision, PurgeCaller, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow } from './instance.repo';
import type { InstanceState } from './instance.state';

/** A new wish for an instance, and the state shown until the controller looks. */
export interface Change extends Decision<InstanceRow> {
  readonly state?: InstanceState;
}

/** Changes whose wish is already so answer with the instance as it is, and begin nothing. */
export type Decide = DecideOf<InstanceRow, Change>;

/**
 * The one way an instance's wish changes; each counts a generation.
 * NOT_FOUND; PERMISSION_DENIED OWNED_BY_SERVICE; ABORTED VERSION_MISMATCH; FAILED_PRECONDITION INSTANCE_BEING_DELETED.
 */
export const changeInstance = (
  d: InstanceDeps,
  tx: Tx,
  ctx: PurgeCaller,
  id: string,
  decide: Decide,
  ifVersion = 0,
): Promise<InstanceRow> =>
  changeResource<InstanceRow, Change>(
    { ...d, lock, save, wake: woken(d) },
    tx,
    ctx,
    id,
    unlessDeleted(decide),
    ifVersion,
  );

async function lock(tx: Tx, id: string): Promise<InstanceRow> {
  const row = await instanceRepo.lock(tx, id);
  if (!row) throw errors.INSTANCE_NOT_FOUND({ id });
  return row;
}

const save = (tx: Tx, row: InstanceRow, { change, state }: Change, operationId: string) =>
  instanceRepo.update(tx, row.id, {
    ...change,
    generation: row.generation + 1,
    operationId,
    ...(state ? { state, reason: '', message: '' } : {}),
  });

const woken = (d: InstanceDeps) => (tx: Tx, id: string) => d.work.enqueue(tx, 'instance', id);

const unlessDeleted =
  (decide: Decide): Decide =>
  async (row) => {
    const decided = await decide(row);
    if (decided !== 'already so' && row.desired === 'absent')
      throw errors.INSTANCE_BEING_DELETED({ id: row.id });
    return decided;
  };
