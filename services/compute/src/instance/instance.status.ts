import type { OperationChange } from '@thecloud/service-kit';
import { adviceFor } from './instance.advice';
import { KEEP } from './instance.plan';
import type { Plan } from './instance.plan';
import type { InstanceRow } from './instance.repo';

/** What is told of an instance, as stored. */
export type Status = Pick<InstanceRow, 'state' | 'reason' | 'message' | 'observedGeneration'>;

/** What a plan changes in what is told, and in the operation. */
export interface StatusChange {
  readonly status: Status;
  /** Events speak of it, too: they say nothing of the generation that was observed. */
  readonly eventful: boolean;
  readonly operation?: OperationChange;
}

/** Undefined: all of it is told already. */
export function statusChange(row: InstanceRow, next: Plan): StatusChange | undefined {
  const status = {
    state: next.state,
    reason: next.reason === KEEP ? row.reason : next.reason,
    message: next.message === KEEP ? row.message : next.message,
    observedGeneration: next.outcome ? row.generation : row.observedGeneration,
  };
  const eventful = (['state', 'reason', 'message'] as const).some((key) => row[key] !== status[key]);
  if (!eventful && row.observedGeneration === status.observedGeneration) return undefined;
  return { status, eventful, operation: operationChange(row.operationId, next, status) };
}

function operationChange(
  id: string,
  { step, outcome }: Plan,
  { reason, message }: Status,
): OperationChange | undefined {
  if (outcome === 'failed') return { id, outcome, error: { reason, message, advice: adviceFor(reason) } };
  if (outcome) return { id, outcome };
  return step === undefined ? undefined : { id, step, message };
}
