import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import type { Changes } from '../events/changes';
import { prepared, slots } from './connection';
import type { Tx } from './connection';
import type { KitTables, StoredStep } from './tables';

export interface OperationFailure {
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

/** How an operation goes on: its next step, or how it ended. */
export interface OperationChange {
  readonly id: string;
  readonly step?: string;
  /** Of the step. */
  readonly message?: string;
  readonly outcome?: 'succeeded' | 'failed';
  readonly error?: OperationFailure;
}

/** The operations of a service: begun with a mutation, carried on by its controller. */
export class Operations {
  readonly #insert = prepared((tx) =>
    tx
      .insert(this.tables.operation)
      .values({
        ...slots('id', 'projectId', 'kind', 'resourceId', 'requestedBy', 'requestId', 'steps'),
        state: 'running',
      })
      .returning()
      .prepare('operation_insert'),
  );

  constructor(
    private readonly tables: KitTables,
    private readonly changes: Pick<Changes, 'record'>,
  ) {}

  /** Begins an operation with its first step; an earlier one still open on the resource is superseded. Answers with its id. */
  async begin(
    tx: Tx,
    ctx: Pick<RequestContext, 'principal' | 'requestId'>,
    projectId: string,
    kind: string,
    resourceId: string,
    firstStep: string,
    id = newId('operation'),
  ): Promise<string> {
    const { operation } = this.tables;
    const open = and(
      eq(operation.resourceId, resourceId),
      inArray(operation.state, ['pending', 'running']),
      ne(operation.id, id),
    );
    const [superseded] = await Promise.all([
      tx.update(operation).set({ state: 'superseded', endedAt: new Date() }).where(open).returning(),
      this.beginFirst(tx, ctx, projectId, kind, resourceId, firstStep, id),
    ]);
    for (const row of superseded) this.#tell(tx, row);
    return id;
  }

  /** The same for a resource that this transaction makes: there is no earlier one. */
  async beginFirst(
    tx: Tx,
    ctx: Pick<RequestContext, 'principal' | 'requestId'>,
    projectId: string,
    kind: string,
    resourceId: string,
    firstStep: string,
    id: string,
  ): Promise<void> {
    const startedAt = new Date().toISOString();
    const made = await this.#insert(tx).execute({
      ...{ id, projectId, kind, resourceId },
      requestedBy: ctx.principal?.subject ?? '',
      requestId: ctx.requestId,
      steps: [{ name: firstStep, state: 'running', message: '', startedAt }] satisfies StoredStep[],
    });
    for (const row of made) this.#tell(tx, row);
  }

  /** An operation that its own transaction carries out: begun and succeeded at once. Answers with its id. */
  async record(
    tx: Tx,
    ctx: RequestContext,
    projectId: string,
    kind: string,
    resourceId: string,
    step: string,
  ): Promise<string> {
    const id = await this.begin(tx, ctx, projectId, kind, resourceId, step);
    await this.succeed(tx, id);
    return id;
  }

  async isOpen(tx: Tx, id: string): Promise<boolean> {
    const { operation } = this.tables;
    const open = and(eq(operation.id, id), inArray(operation.state, ['pending', 'running']));
    return (await tx.$count(operation, open)) > 0;
  }

  /** Notes that a step has begun; the step before it has succeeded by that. The same step again updates its message. */
  step(tx: Tx, id: string, name: string, message = ''): Promise<void> {
    return this.advance(tx, [{ id, step: name, message }]);
  }

  succeed(tx: Tx, id: string): Promise<void> {
    return this.advance(tx, [{ id, outcome: 'succeeded' }]);
  }

  fail(tx: Tx, id: string, error: OperationFailure): Promise<void> {
    return this.advance(tx, [{ id, outcome: 'failed', error }]);
  }

  /** The same for many at once, one change an operation. Ended operations stay as they ended. */
  async advance(tx: Tx, changes: readonly OperationChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { operation } = this.tables;
    const ids = changes.map(({ id }) => id);
    const rows = await tx
      .select()
      .from(operation)
      .where(and(inArray(operation.id, ids), isNull(operation.endedAt)))
      .orderBy(operation.id)
      .for('update');
    if (rows.length === 0) return;
    const now = new Date();
    const changed = rows.map((row) => ({
      ...row,
      ...advanced(
        row.steps,
        changes.find((c) => c.id === row.id),
        now,
      ),
    }));
    await tx.execute(sql`
      update ${operation} o set steps = c.steps, state = c.state, ended_at = c."endedAt", error = c.error
        from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb)
             as c(id text, steps jsonb, state text, "endedAt" timestamptz, error jsonb)
       where o.id = c.id`);
    for (const row of changed) this.#tell(tx, row);
  }

  #tell(tx: Tx, row: KitTables['operation']['$inferSelect']): void {
    const { id, projectId, kind, resourceId, requestedBy, requestId, state, steps, error } = row;
    this.changes.record(tx, {
      type: 'thecloud.operation.changed',
      id,
      projectId,
      data: {
        kind,
        resource_id: resourceId,
        requested_by: requestedBy,
        request_id: requestId,
        state,
        step: steps.at(-1)?.name ?? '',
        reason: error?.reason ?? '',
        message: error?.message ?? '',
      },
    });
  }
}

function advanced(steps: StoredStep[], change: OperationChange | undefined, now: Date) {
  const at = now.toISOString();
  if (!change?.outcome) return { steps: stepped(steps, change, at), state: 'running' as const };
  const { outcome: state, error = null } = change;
  return { steps: closed(steps, state, at), state, endedAt: now, error };
}

function stepped(steps: StoredStep[], change: OperationChange | undefined, now: string): StoredStep[] {
  const { step, message = '' } = change ?? {};
  const last = steps.at(-1);
  if (!step) return steps;
  if (last?.name === step) return [...steps.slice(0, -1), { ...last, message }];
  return [...closed(steps, 'succeeded', now), { name: step, state: 'running', message, startedAt: now }];
}

function closed(steps: StoredStep[], state: 'succeeded' | 'failed', now: string): StoredStep[] {
  const last = steps.at(-1);
  return last?.state === 'running' ? [...steps.slice(0, -1), { ...last, state, endedAt: now }] : steps;
}
