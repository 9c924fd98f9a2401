import { computeV1 } from '@thecloud/api';
import { invalidFields, isId } from '@thecloud/kernel';
import { cutPage, implement, newestOperation, pageOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { applyOwned, lockOwned } from './apply-owned';
import { changeInstance } from './change-instance';
import { refuseImpossible } from './create-instance';
import { toCreate, toProto } from './instance.mapping';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import { remove } from './power-instance';

/** Handlers of OwnedInstanceService. Whose instances they are says the caller's certificate. */
export function ownedInstanceRpc(f: Foundation, d: InstanceDeps) {
  const ownerIn = (ctx: RequestContext) => ctx.peer?.kind ?? '';
  return implement<computeV1.OwnedInstanceServiceServer>(computeV1.OwnedInstanceServiceService, {
    applyOwnedInstance: async (ctx, request) => {
      const { id, ownerId, ownerGeneration } = request;
      if (!isId('instance', id))
        throw invalidFields([{ field: 'id', description: 'is no id of an instance (ins_…)' }]);
      const cmd = {
        child: { id, ownerService: ownerIn(ctx), ownerId, ownerGeneration },
        spec: toCreate(request),
        desired: request.desired === 'stopped' ? ('stopped' as const) : ('running' as const),
      };
      const check = () => refuseImpossible(d, cmd.spec);
      const apply = (tx: Parameters<typeof applyOwned>[1]) => applyOwned(d, tx, ctx, cmd);
      const known = await f.db.read(scopeOf(ctx), (tx) => instanceRepo.find(tx, id));
      if (!known) await check();
      await f.db.write(scopeOf(ctx), apply);
      return f.db.read(scopeOf(ctx), async (tx) => {
        const [row, operation] = await Promise.all([
          instanceRepo.find(tx, id),
          newestOperation(tx, f.tables, id),
        ]);
        return { instance: row && toProto(row), operation };
      });
    },
    deleteOwnedInstance: async (ctx, { id, ownerId }) => {
      const row = await f.db.write(scopeOf(ctx), async (tx) => {
        const owned = await lockOwned(tx, { id, ownerService: ownerIn(ctx), ownerId });
        return owned && changeInstance(d, tx, ctx, id, remove);
      });
      if (!row) return { gone: true, operation: undefined };
      const operation = await f.db.read(scopeOf(ctx), (tx) => newestOperation(tx, f.tables, id));
      return { gone: false, operation };
    },
    listOwnedInstances: async (ctx, request) => {
      const page = pageOf(request);
      const rows = await f.db.read('system', (tx) => instanceRepo.ownedBy(tx, ownerIn(ctx), page));
      const { rows: instances, nextPageToken } = cutPage(rows, page);
      return { instances, nextPageToken };
    },
  });
}
