import { identityV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, Implementation } from '@thecloud/service-kit';
import { removeProject } from './remove-project';

/** Handlers of ProjectRemovalService. */
export function projectRemovalRpc(f: Foundation): Implementation {
  return implement<identityV1.ProjectRemovalServiceServer>(identityV1.ProjectRemovalServiceService, {
    removeProject: async (_, { id, requestedBy }) => {
      await f.db.write('system', (tx) => removeProject(tx, id, requestedBy));
      return {};
    },
  });
}
