import type { computeV1 } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import { scopeOf } from '@thecloud/service-kit';
import type { Foundation, Handlers, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { instanceRepo } from '../instance/instance.repo';

type Life = Pick<
  Handlers<computeV1.InstanceServiceServer>,
  'readInstanceLogs' | 'execInstance' | 'runInstanceCommand' | 'getInstanceStats' | 'watchInstanceStats'
>;

/** Handlers of InstanceService that look into instances, or act in them. No host answers these yet. */
export function instanceLife(f: Foundation): Life {
  const unimplemented = async (ctx: RequestContext, id: string): Promise<never> => {
    if (!(await f.db.read(scopeOf(ctx), (tx) => instanceRepo.find(tx, id))))
      throw errors.INSTANCE_NOT_FOUND({ id });
    throw commonErrors.UNIMPLEMENTED({ method: ctx.method.rpc });
  };
  return {
    readInstanceLogs: async function* (ctx, { id }) {
      yield await unimplemented(ctx, id);
    },
    execInstance: async function* (ctx, requests) {
      for await (const { id } of requests) yield await unimplemented(ctx, id);
    },
    runInstanceCommand: (ctx, { id }) => unimplemented(ctx, id),
    getInstanceStats: (ctx, { id }) => unimplemented(ctx, id),
    watchInstanceStats: async function* (ctx, { id }) {
      yield await unimplemented(ctx, id);
    },
  };
}
