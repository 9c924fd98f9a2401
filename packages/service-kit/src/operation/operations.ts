import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { firstLineOf, newId } from '@thecloud/kernel';
import { requesterOf } from '../context';
import type { RequestContext } from '../context';
import type { Changes } from '../events/changes';
import { oneOf, rowsOf, statement } from '../db/connection';
import type { Tx } from '../db/connection';
import { insertRows } from '../db/insert-rows';
import type { KitTables, StoredStep } from '../db/tables';

export interface OperationFailure {
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

/** Who asked for it. */
export type OperationCaller = Pick<RequestContext, 'principal' | 'delegation' | 'requestId'>;

export interface NewOperation {
  /** "instance.create". */
  readonly kind: string;
  /** What it is on. A later change of its name leaves the operation as it is. */
  readonly resource: { readonly id: string; readonly name: string; readonly projectId: string };
  /** Its first step. */
  readonly step: string;
  /** Chosen by the caller where something refers to it before it is begun. */
  readonly id?: string;
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

/** What is told of an operation. */
type Told = Omit<KitTables['operation']['$inferSelect'], 'createdAt' | 'endedAt'>;

/** The operations of a service: begun with a mutation, carried on by its controller. */
export class Operations {
  readonly #insert = insertRows('operation_insert', () => this.tables.operation, [
    ...(['id', 'projectId', 'kind', 'resourceId', 'resourceName', 'requestedBy', 'requestId'] as const),
    ...(['state', 'steps'] as const),
  ]);
  readonly #advance = statement<Told>('operation_advance', () => advance(this.tables));

  constructor(
    private readonly tables: KitTables,
    private readonly changes: Pick<Changes, 'record'>,
  ) {}

  /** Begins an operation with its first step; an earlier one still open on the resource is superseded. Answers with its id. */
  async begin(tx: Tx, by: OperationCaller, about: NewOperation): Promise<string> {
    const { operation } = this.tables;
    const { id = newId('operation'), resource } = about;
    const open = and(
      eq(operation.resourceId, resource.id),
      inArray(operation.state, ['pending', 'running']),
      ne(operation.id, id),
    );
    const [superseded] = await Promise.all([
      tx.update(operation).set({ state: 'superseded', endedAt: new Date() }).where(open).returning(),
      this.beginFirst(tx, by, { ...about, id }),
    ]);
    for (const row of superseded) this.#tell(tx, row);
    return id;
  }

  /** The same for a resource that this transaction makes: there is no earlier one. */
  async beginFirst(
    tx: Tx,
    by: OperationCaller,
    about: NewOperation & { readonly id: string },
  ): Promise<void> {
    const { id, kind, resource, step } = about;
    const startedAt = new Date().toISOString();
    const made = {
      ...{ id, kind, projectId: resource.projectId, resourceId: resource.id, resourceName: resource.name },
      requestedBy: requesterOf(by),
      requestId: by.requestId,
      state: 'running' as const,
      steps: [{ name: step, state: 'running', message: '', startedAt }] satisfies StoredStep[],
    };
    this.#tell(tx, { ...made, error: null });
    await this.#insert(tx, made);
  }

  /** An operation that its own transaction carries out: begun and succeeded at once. Answers with its id. */
  async record(tx: Tx, by: OperationCaller, about: NewOperation): Promise<string> {
    const id = await this.begin(tx, by, about);
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

  /**
   * The same for many at once, one change an operation, by one statement. Ended operations stay as they ended, and what
   * is no news writes nothing.
   */
  async advance(tx: Tx, changes: readonly OperationChange[]): Promise<void> {
    if (changes.length === 0) return;
    const ids = changes.map(({ id }) => id);
    const at = new Date().toISOString();
    for (const row of await this.#advance(tx, { changes: JSON.stringify(changes), ids, at }))
      this.#tell(tx, row);
  }

  #tell(tx: Tx, row: Told): void {
    const { id, projectId, kind, resourceId, resourceName, requestedBy, requestId, state, steps, error } =
      row;
    this.changes.record(tx, {
      type: 'thecloud.operation.changed',
      id,
      projectId,
      data: {
        kind,
        resource_id: resourceId,
        resource_name: resourceName,
        requested_by: requestedBy,
        request_id: requestId,
        state,
        step: steps.at(-1)?.name ?? '',
        reason: error?.reason ?? '',
        message: firstLineOf(error?.message ?? ''),
      },
    });
  }
}

/**
 * The last step ends with the operation or when the next begins; the same step again has another message. What stood in
 * the way of a step is not told of an operation that has succeeded.
 */
function advance({ operation }: KitTables): SQL {
  const at = sql`${sql.placeholder('at')}::text`;
  const last = sql`(o.steps -> -1)`;
  const unhindered = sql`case when c.outcome = 'succeeded' then '{"message": ""}'::jsonb else '{}'::jsonb end`;
  const closed = sql`case when ${last} ->> 'state' = 'running'
    then jsonb_set(o.steps, '{-1}', ${last} || jsonb_build_object('state', coalesce(c.outcome, 'succeeded'), 'endedAt', ${at}) || ${unhindered})
    else o.steps end`;
  const begun = sql`jsonb_build_object('name', c.step, 'state', 'running', 'message', coalesce(c.message, ''), 'startedAt', ${at})`;
  return sql`
    with change as (
      select c.* from jsonb_to_recordset(${rowsOf('changes')}) as c(id text, step text, message text, outcome text, error jsonb)
        join ${operation} o on o.id = c.id where ${oneOf('o.id', 'ids')} and o.ended_at is null order by o.id for update of o)
    update ${operation} o set state = coalesce(c.outcome, 'running'), error = c.error,
           ended_at = case when c.outcome is not null then ${at}::timestamptz end,
           steps = case
             when c.outcome is not null then ${closed}
             when ${last} ->> 'name' = c.step then jsonb_set(o.steps, '{-1,message}', to_jsonb(coalesce(c.message, '')))
             else ${closed} || ${begun} end
      from change c
     where o.id = c.id and ${oneOf('o.id', 'ids')} and (c.outcome is not null or c.step is not null
           and (${last} ->> 'name', ${last} ->> 'message') is distinct from (c.step, coalesce(c.message, '')))
    returning o.id, o.project_id as "projectId", o.kind, o.resource_id as "resourceId", o.resource_name as "resourceName",
              o.requested_by as "requestedBy", o.request_id as "requestId", o.state, o.steps, o.error`;
}
