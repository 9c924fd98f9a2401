import { and, desc, eq, lt } from 'drizzle-orm';
import type { commonV1 } from '@thecloud/api';
import { computeV1 } from '@thecloud/api';
import { cutPage, implement, pageOf, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { bellOf } from '../instance/watch-instance';
import { operation } from '../kit.schema';

type OperationRow = typeof operation.$inferSelect;

const DEFAULT_WAIT_SECONDS = 30;
const LOOK_EVERY_MS = 1_000;

/** Handlers of OperationService. */
export function operationRpc(f: Foundation) {
  const find = async (ctx: RequestContext, id: string): Promise<OperationRow> => {
    const [row] = await f.db.read(scopeOf(ctx), (tx) =>
      tx
        .select()
        .from(operation)
        .where(and(eq(operation.id, id), eq(operation.projectId, projectOf(ctx)))),
    );
    if (!row) throw errors.OPERATION_NOT_FOUND({ id });
    return row;
  };

  return implement<computeV1.OperationServiceServer>(computeV1.OperationServiceService, {
    getOperation: async (ctx, { id }) => toProto(await find(ctx, id)),
    listOperations: async (ctx, request) => {
      const page = pageOf(request);
      const rows = await f.db.read(scopeOf(ctx), (tx) =>
        tx
          .select()
          .from(operation)
          .where(
            and(
              eq(operation.projectId, projectOf(ctx)),
              request.resource ? eq(operation.resourceId, request.resource) : undefined,
              page.after ? lt(operation.id, page.after) : undefined,
            ),
          )
          .orderBy(desc(operation.id))
          .limit(page.size + 1),
      );
      const cut = cutPage(rows, page);
      return { operations: cut.rows.map(toProto), nextPageToken: cut.nextPageToken };
    },
    waitOperation: async (ctx, { id, timeoutSeconds }) => {
      const giveUp = Date.now() + (timeoutSeconds || DEFAULT_WAIT_SECONDS) * 1_000;
      let row = await find(ctx, id);
      const bell = bellOf(f.wakes, `changed-${row.resourceId}`, ctx.signal);
      try {
        while (!row.endedAt && Date.now() < giveUp && !ctx.signal.aborted) {
          const heard = bell.next(Math.min(LOOK_EVERY_MS, giveUp - Date.now()));
          row = await find(ctx, id);
          if (!row.endedAt) await heard;
        }
      } finally {
        bell.close();
      }
      return toProto(row);
    },
  });
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
