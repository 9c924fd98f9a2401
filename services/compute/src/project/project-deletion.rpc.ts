import { computeV1 } from '@thecloud/api';
import { implement, principalOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, OwnedKind, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { closeProject } from './close-project';
import type { RemoveProject } from './close-project';
import { closeWithContent } from './close-with-content';

/** Handlers of ProjectDeletionService. */
export function projectDeletionRpc(f: Foundation, kinds: readonly OwnedKind[], remove: RemoveProject) {
  return implement<computeV1.ProjectDeletionServiceServer>(computeV1.ProjectDeletionServiceService, {
    deleteProject: async (ctx, { id, cascade }) => {
      if (id !== projectOf(ctx)) throw errors.PROJECT_NOT_FOUND({ id });
      const { subject } = principalOf(ctx);
      const close = async (tx: Tx): Promise<computeV1.DeleteProjectResponse> => {
        if (cascade) return { operationId: await closeWithContent(f, tx, ctx, id) };
        await closeProject({ ...f, kinds }, tx, id, subject);
        return { operationId: '' };
      };
      // Not in the project's own scope: a write there holds the project's lock shared, and closing needs it alone.
      const closed = await f.mutate(ctx, computeV1.DeleteProjectResponse, close, { scope: 'system' });
      if (cascade) return closed;
      // At once, so that lists do not show it any more. Whatever goes wrong here, the controller does it again.
      await remove(id, subject, ctx.signal).catch((err: unknown) =>
        ctx.log.warn({ err, project: id }, 'identity has not removed a closed project yet'),
      );
      return closed;
    },
  });
}
