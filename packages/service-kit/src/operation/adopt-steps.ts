import { eq } from 'drizzle-orm';
import type { commonV1 } from '@thecloud/api';
import type { Tx } from '../db/connection';
import type { KitTables, StoredStep } from '../db/tables';

/** A resource that another service makes for this one, and its newest operation there. */
export interface ChildOperation {
  /** Of the resource, as a reader knows it. */
  readonly name: string;
  readonly operation: commonV1.Operation | undefined;
}

/**
 * Shows the steps of children's operations, with their times, as steps of the operation that made them: "web-a: pull
 * image", before its own present step. Steps that were shown before are replaced, so that twice is once. An operation
 * that has ended stays as it ended.
 */
export async function adoptSteps(
  tx: Tx,
  { operation }: Pick<KitTables, 'operation'>,
  id: string,
  children: readonly ChildOperation[],
): Promise<void> {
  const [row] = await tx.select().from(operation).where(eq(operation.id, id)).for('update');
  if (!row || row.endedAt) return;
  const own = row.steps.filter(({ child }) => child === undefined);
  const adopted = children.flatMap(({ name, operation }) =>
    (operation?.steps ?? []).map((step) => adoptedStep(name, step)),
  );
  // A child that answers nothing now (it is gone) keeps what was shown of it.
  const kept = row.steps.filter(
    ({ child }) => child !== undefined && !adopted.some((step) => step.child === child),
  );
  const steps = [...own.slice(0, -1), ...kept, ...adopted, ...own.slice(-1)];
  await tx.update(operation).set({ steps }).where(eq(operation.id, id));
}

function adoptedStep(child: string, step: commonV1.OperationStep): StoredStep {
  const { name, state, message, startedAt, endedAt } = step;
  return {
    name: `${child}: ${name}`,
    child,
    state: state as StoredStep['state'],
    message,
    startedAt: (startedAt ?? new Date()).toISOString(),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
  };
}
