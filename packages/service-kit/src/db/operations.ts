import { and, eq, inArray, ne } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import type { Tx } from './connection';
import type { KitTables, StoredStep } from './tables';

export interface OperationFailure {
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

/** The operations of a service: begun with a mutation, carried on by its controller. */
export class Operations {
  constructor(private readonly tables: KitTables) {}

  /** Begins an operation with its first step; an earlier one still open on the resource is superseded. Answers with its id. */
  async begin(
    tx: Tx,
    ctx: Pick<RequestContext, 'principal' | 'requestId'>,
    projectId: string,
    kind: string,
    resourceId: string,
    firstStep: string,
  ): Promise<string> {
    const { operation } = this.tables;
    const id = newId('operation');
    const open = and(
      eq(operation.resourceId, resourceId),
      inArray(operation.state, ['pending', 'running']),
      ne(operation.id, id),
    );
    await Promise.all([
      tx.update(operation).set({ state: 'superseded', endedAt: new Date() }).where(open),
      tx.insert(operation).values({
        id,
        projectId,
        kind,
        resourceId,
        requestedBy: ctx.principal?.subject ?? '',
        requestId: ctx.requestId,
        state: 'running',
        steps: [{ name: firstStep, state: 'running', message: '', startedAt: new Date().toISOString() }],
      }),
    ]);
    return id;
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
  async step(tx: Tx, id: string, name: string, message = ''): Promise<void> {
    await this.#change(tx, id, (steps, now) => {
      const last = steps.at(-1);
      if (last?.name === name) return [...steps.slice(0, -1), { ...last, message }];
      return [...closed(steps, 'succeeded', now), { name, state: 'running', message, startedAt: now }];
    });
  }

  async succeed(tx: Tx, id: string): Promise<void> {
    await this.#change(tx, id, (steps, now) => closed(steps, 'succeeded', now), { state: 'succeeded' });
  }

  async fail(tx: Tx, id: string, error: OperationFailure): Promise<void> {
    await this.#change(tx, id, (steps, now) => closed(steps, 'failed', now), { state: 'failed', error });
  }

  /** Ended operations stay as they ended. */
  async #change(
    tx: Tx,
    id: string,
    edit: (steps: StoredStep[], now: string) => StoredStep[],
    end?: { state: 'succeeded' | 'failed'; error?: OperationFailure },
  ): Promise<void> {
    const { operation } = this.tables;
    const [row] = await tx.select().from(operation).where(eq(operation.id, id)).for('update');
    if (!row || row.endedAt) return;
    const now = new Date();
    const steps = edit(row.steps, now.toISOString());
    await tx
      .update(operation)
      .set({
        steps,
        state: end?.state ?? 'running',
        ...(end ? { endedAt: now, error: end.error ?? null } : {}),
      })
      .where(eq(operation.id, id));
  }
}

function closed(steps: StoredStep[], state: 'succeeded' | 'failed', now: string): StoredStep[] {
  const last = steps.at(-1);
  return last?.state === 'running' ? [...steps.slice(0, -1), { ...last, state, endedAt: now }] : steps;
}
