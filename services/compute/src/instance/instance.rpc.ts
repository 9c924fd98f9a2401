import { computeV1 } from '@thecloud/api';
import { implement, pageOf, projectOf, scopeOf, watch, watchOne } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { Agents } from '../host/agents';
import { refuseUnknownType } from '../instance-type/instance-type';
import { instanceLife } from '../instance-life/instance-life.rpc';
import { changeInstance } from './change-instance';
import type { Decide } from './change-instance';
import { refuseTooLarge } from './check-spec';
import { createInstance, refuseImpossible } from './create-instance';
import { shownTo } from './hidden-fields';
import { toChanges, toCreate } from './instance.mapping';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { InstanceFilter, InstanceView } from './instance.repo';
import { remove, restart, start, stop } from './power-instance';
import { ShownInstances } from './shown-instances';
import { update } from './update-instance';
import { asSeen, watchedInstances } from './watch-instances';

const DEFAULT_GRACE_SECONDS = 10;

/** Handlers of InstanceService. */
export function instanceRpc(f: Foundation, d: InstanceDeps, agents: Agents) {
  const shown = new ShownInstances(f.db);
  const change = (ctx: RequestContext, id: string, decide: Decide) =>
    f.mutate(ctx, computeV1.Instance, async (tx) => {
      await changeInstance(d, tx, ctx, id, decide);
      return proto(ctx, await instanceRepo.find(tx, id), id);
    });

  return implement<computeV1.InstanceServiceServer>(computeV1.InstanceServiceService, {
    createInstance: async (ctx, request) => {
      const cmd = toCreate(request);
      const create = async (tx: Tx) => shownTo(ctx, await createInstance(d, tx, ctx, cmd));
      return f.mutate(ctx, computeV1.Instance, create, {
        together: true,
        check: () => refuseImpossible(d, cmd),
      });
    },
    getInstance: (ctx, { id }) => shown.find(ctx, id),
    listInstances: async (ctx, request) =>
      shown.list(ctx, await filterOf(f, d, ctx, request), pageOf(request)),
    updateInstance: async (ctx, request) => {
      const spec = computeV1.InstanceChanges.fromPartial(request.spec ?? {});
      const check = async () => {
        if (request.updateMask.includes('spec.type')) await refuseTooLarge(d, spec.type);
      };
      const change = async (tx: Tx) => {
        const { name, labels } = request;
        const values = { name, labels, ...toChanges(spec), type: spec.type, image: spec.image };
        await changeInstance(
          d,
          tx,
          ctx,
          request.id,
          update(d, tx, { mask: request.updateMask, values }),
          request.version,
        );
        return proto(ctx, await instanceRepo.find(tx, request.id), request.id);
      };
      return f.mutate(ctx, computeV1.Instance, change, { check });
    },
    startInstance: (ctx, { id }) => change(ctx, id, start),
    stopInstance: (ctx, { id, graceSeconds }) => change(ctx, id, stop(graceSeconds ?? DEFAULT_GRACE_SECONDS)),
    restartInstance: (ctx, { id }) => change(ctx, id, restart),
    deleteInstance: (ctx, { id }) => change(ctx, id, remove),
    watchInstance: async function* (ctx, { id }) {
      const missing = () => errors.INSTANCE_NOT_FOUND({ id });
      for await (const seen of watchOne(f.changes, ctx, watchedInstances(f, ctx), id, missing))
        yield shownTo(ctx, asSeen(seen));
    },
    watchInstances: async function* (ctx, request) {
      const filter = await filterOf(f, d, ctx, request);
      for await (const seen of watch(f.changes, ctx, watchedInstances(f, ctx, filter)))
        yield shownTo(ctx, asSeen(seen));
    },
    ...instanceLife({ db: f.db, changes: f.changes, agents }),
  });
}

function proto(ctx: RequestContext, found: InstanceView | undefined, id: string): computeV1.Instance {
  if (!found) throw errors.INSTANCE_NOT_FOUND({ id });
  return shownTo(ctx, found);
}

/** INVALID_ARGUMENT: there is no such type. An image that there is not, no instance has. */
async function filterOf(
  f: Pick<Foundation, 'db'>,
  d: Pick<InstanceDeps, 'images'>,
  ctx: RequestContext,
  request: computeV1.WatchInstancesRequest,
): Promise<InstanceFilter> {
  const { state, name, namePrefix, label, hostId, type, image } = request;
  refuseUnknownType(type);
  const project = projectOf(ctx);
  const imageIds = image
    ? await f.db.read(scopeOf(ctx), (tx) => d.images.idsOf(tx, project, image))
    : undefined;
  return { state, name, namePrefix, label, hostId, type, imageIds };
}
