import { commonErrors } from '@thecloud/kernel';
import { refuseOwned } from '@thecloud/service-kit';
import type { RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceRow } from './instance.repo';
import type { InstanceState } from './instance.state';

/** A new wish for an instance: what changes, the operation's name, and the state shown until the controller looks. */
export interface Change {
  readonly kind: string;
  /** The operation's first step. */
  readonly step: string;
  readonly change: Partial<InstanceRow>;
  readonly state?: InstanceState;
}

/** Changes whose wish is already so answer with the instance as it is, and begin nothing. */
export type Decide = (row: InstanceRow) => Change | 'already so' | Promise<Change | 'already so'>;

/**
 * The one way an instance's wish changes: lock, decide, count a generation, begin an operation, wake the controller.
 * NOT_FOUND; PERMISSION_DENIED OWNED_BY_SERVICE; ABORTED VERSION_MISMATCH; FAILED_PRECONDITION INSTANCE_BEING_DELETED.
 */
export async function changeInstance(
  d: InstanceDeps,
  tx: Tx,
  ctx: RequestContext,
  id: string,
  decide: Decide,
  ifVersion = 0,
): Promise<InstanceRow> {
  const row = await instanceRepo.lock(tx, id);
  if (!row) throw errors.INSTANCE_NOT_FOUND({ id });
  refuseOwned(ctx, row);
  if (ifVersion !== 0 && ifVersion !== row.version)
    throw commonErrors.VERSION_MISMATCH({ current: String(row.version) });
  const decided = await decide(row);
  if (decided === 'already so') return row;
  if (row.desired === 'absent') throw errors.INSTANCE_BEING_DELETED({ id });

  const { kind, step } = decided;
  const resource = { ...row, ...decided.change };
  const operationId = await d.operations.begin(tx, ctx, { kind, resource, step });
  const changed = await instanceRepo.update(tx, id, {
    ...decided.change,
    generation: row.generation + 1,
    operationId,
    ...(decided.state ? { state: decided.state, reason: '', message: '' } : {}),
  });
  await d.work.enqueue(tx, 'instance', id);
  d.changed(tx, changed);
  return changed;
}
