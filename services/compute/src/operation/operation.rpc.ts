import { and, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { commonV1 } from '@thecloud/api';
import { computeV1 } from '@thecloud/api';
import { firstLineOf } from '@thecloud/kernel';
import {
  cutPage,
  grants,
  implement,
  pageOf,
  principalOf,
  projectOf,
  scopeOf,
  watch,
  watchOne,
} from '@thecloud/service-kit';
import type { Foundation, Page, RequestContext, Watched } from '@thecloud/service-kit';
import { errors } from '../errors';
import { operation } from '../kit.schema';

type OperationRow = typeof operation.$inferSelect;

/** What is empty narrows nothing. */
interface OperationFilter {
  readonly resource?: string;
  readonly kind?: string;
  readonly state?: string;
}

const DEFAULT_WAIT_SECONDS = 30;

/** Handlers of OperationService. */
export function operationRpc(f: Foundation) {
  const missing = (id: string) => () => errors.OPERATION_NOT_FOUND({ id });
  const mine = (ctx: RequestContext, ...more: (SQL | undefined)[]) =>
    and(eq(operation.projectId, projectOf(ctx)), ...more);
  const find = async (ctx: RequestContext, id: string): Promise<OperationRow> => {
    const [row] = await f.db.read(scopeOf(ctx), (tx) =>
      tx
        .select()
        .from(operation)
        .where(mine(ctx, eq(operation.id, id))),
    );
    if (!row) throw missing(id)();
    return row;
  };
  const list = (ctx: RequestContext, page: Page, ...more: (SQL | undefined)[]) =>
    f.db.read(scopeOf(ctx), (tx) =>
      tx
        .select()
        .from(operation)
        .where(mine(ctx, page.after ? lt(operation.id, page.after) : undefined, ...more))
        .orderBy(desc(operation.id))
        .limit(page.size + 1),
    );
  const about = ({ resource, kind, state }: OperationFilter) =>
    and(
      resource ? eq(operation.resourceId, resource) : undefined,
      kind ? eq(operation.kind, kind) : undefined,
      state ? eq(operation.state, state as OperationRow['state']) : undefined,
    );
  /** Those that are open; ended ones are seen ending. */
  const watched = (ctx: RequestContext, filter: OperationFilter = {}): Watched<OperationRow> => ({
    kind: 'operation',
    projectId: projectOf(ctx),
    list: (page) => list(ctx, page, about(filter), isNull(operation.endedAt)),
    find: (ids) =>
      f.db.read(scopeOf(ctx), (tx) =>
        tx
          .select()
          .from(operation)
          .where(mine(ctx, inArray(operation.id, ids))),
      ),
    matches: (row) =>
      (!filter.resource || row.resourceId === filter.resource) && (!filter.kind || row.kind === filter.kind),
    version: (row) => JSON.stringify([row.state, row.steps]),
    ended: (row) => row.endedAt !== null,
  });

  return implement<computeV1.OperationServiceServer>(computeV1.OperationServiceService, {
    getOperation: async (ctx, { id }) => shown(ctx, await find(ctx, id)),
    listOperations: async (ctx, request) => {
      const page = pageOf(request);
      const rows = await list(ctx, page, about(request));
      const cut = cutPage(rows, page);
      return { operations: cut.rows.map((row) => shown(ctx, row)), nextPageToken: cut.nextPageToken };
    },
    waitOperation: async (ctx, { id, timeoutSeconds }) => {
      const timeUp = AbortSignal.timeout((timeoutSeconds || DEFAULT_WAIT_SECONDS) * 1_000);
      const signal = AbortSignal.any([ctx.signal, timeUp]);
      let last: OperationRow | undefined;
      for await (const { row } of watchOne(f.changes, { ...ctx, signal }, watched(ctx), id, missing(id)))
        last = row;
      return shown(ctx, last ?? (await find(ctx, id)));
    },
    watchOperation: async function* (ctx, { id }) {
      for await (const { row } of watchOne(f.changes, ctx, watched(ctx), id, missing(id)))
        yield shown(ctx, row);
    },
    watchOperations: async function* (ctx, filter) {
      for await (const { row } of watch(f.changes, ctx, watched(ctx, filter))) yield shown(ctx, row);
    },
  });
}

/** What a program printed is left out for callers who may not read its logs. */
function shown(ctx: RequestContext, row: OperationRow): commonV1.Operation {
  const whole = toProto(row);
  if (grants(principalOf(ctx).permissions, 'instance:logs')) return whole;
  const steps = whole.steps.map((step) => ({ ...step, message: firstLineOf(step.message) }));
  const error = whole.error && { ...whole.error, message: firstLineOf(whole.error.message) };
  return { ...whole, steps, error };
}

function toProto(row: OperationRow): commonV1.Operation {
  return {
    id: row.id,
    projectId: row.projectId,
    kind: row.kind,
    resourceId: row.resourceId,
    requestedBy: row.requestedBy,
    requestId: row.requestId,
    state: row.state,
    steps: row.steps.map((s) => ({
      ...s,
      startedAt: new Date(s.startedAt),
      endedAt: s.endedAt ? new Date(s.endedAt) : undefined,
    })),
    error: row.error ?? undefined,
    createdAt: row.createdAt,
    endedAt: row.endedAt ?? undefined,
  };
}
