import { identityV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, Implementation } from '@thecloud/service-kit';
import { memberHandlers } from '../member/member.rpc';
import { projectHandlers } from './project.rpc';

/** Projects and their members: one gRPC service, two slices. */
export function projectModule(f: Foundation): Implementation {
  return implement<identityV1.ProjectServiceServer>(identityV1.ProjectServiceService, {
    ...projectHandlers(f),
    ...memberHandlers(f),
  });
}
