import { commonV1 } from '@thecloud/api';
import { commonErrors, firstLineOf } from '@thecloud/kernel';
import { principalOf, projectOf } from '../context';
import type { RequestContext } from '../context';
import type { Database } from '../db/database';
import { scopeOf } from '../db/kept-answers';
import { cutPage, pageOf } from '../db/page';
import type { Page } from '../db/page';
import type { KitTables } from '../db/tables';
import type { Changes } from '../events/changes';
import { watch, watchOne } from '../events/watch';
import type { Watched } from '../events/watch';
import { implement } from '../rpc/implement';
import { grants } from '../rpc/tokens';
import { OperationRepo } from './operation.repo';
import type { OperationFilter, OperationRow } from './operation.repo';

const DEFAULT_WAIT_SECONDS = 30;

interface Needs {
  readonly db: Database;
  readonly tables: KitTables;
  readonly changes: Changes;
}

/** Handlers of OperationService, for the operations of this service. */
export function operationRpc(f: Needs) {
  const repo = new OperationRepo(f.tables);
  const missing = (id: string) => () => commonErrors.OPERATION_NOT_FOUND({ id });
  const list = (ctx: RequestContext, page: Page, filter: OperationFilter, open = false) =>
    f.db.read(scopeOf(ctx), (tx) => repo.list(tx, projectOf(ctx), page, filter, open));
  const find = (ctx: RequestContext, ids: string[], filter?: OperationFilter) =>
    f.db.read(scopeOf(ctx), (tx) => repo.find(tx, projectOf(ctx), ids, filter));
  const findOne = async (ctx: RequestContext, id: string): Promise<OperationRow> => {
    const [row] = await find(ctx, [id]);
    if (!row) throw missing(id)();
    return row;
  };
  /** Those that are open; of others it is seen that they end. */
  const watched = (ctx: RequestContext, filter: OperationFilter = {}): Watched<OperationRow> => ({
    kind: 'operation',
    projectId: projectOf(ctx),
    list: (page) => list(ctx, page, filter, true),
    find: (ids) => find(ctx, ids, filter),
    matches: () => true,
    version: (row) => JSON.stringify([row.state, row.steps]),
    ended: (row) => row.endedAt !== null,
  });

  return implement<commonV1.OperationServiceServer>(commonV1.OperationServiceService, {
    getOperation: async (ctx, { id }) => shown(ctx, await findOne(ctx, id)),
    listOperations: async (ctx, request) => {
      const page = pageOf(request);
      const cut = cutPage(await list(ctx, page, request), page);
      return { operations: cut.rows.map((row) => shown(ctx, row)), nextPageToken: cut.nextPageToken };
    },
    waitOperation: async (ctx, { id, timeoutSeconds }) => {
      const timeUp = AbortSignal.timeout((timeoutSeconds || DEFAULT_WAIT_SECONDS) * 1_000);
      const signal = AbortSignal.any([ctx.signal, timeUp]);
      let last: OperationRow | undefined;
      for await (const { row } of watchOne(f.changes, { ...ctx, signal }, watched(ctx), id, missing(id)))
        last = row;
      return shown(ctx, last ?? (await findOne(ctx, id)));
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

/**
 * What a program printed stands in further lines of a message. They are left out for callers who may not read the logs of
 * the kind of resource.
 */
function shown(ctx: RequestContext, row: OperationRow): commonV1.Operation {
  const whole = toProto(row);
  const noun = row.kind.split('.')[0] ?? '';
  if (grants(principalOf(ctx).permissions, `${noun}:logs`)) return whole;
  const steps = whole.steps.map((step) => ({ ...step, message: firstLineOf(step.message) }));
  const error = whole.error && { ...whole.error, message: firstLineOf(whole.error.message) };
  return { ...whole, steps, error };
}

/** As callers read it, with everything in it. */
export function toProto(row: OperationRow): commonV1.Operation {
  return {
    id: row.id,
    projectId: row.projectId,
    kind: row.kind,
    resourceId: row.resourceId,
    resourceName: row.resourceName,
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
