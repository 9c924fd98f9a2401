export * as agentV1 from './gen/index.thecloud.agent.v1';
export * as commonV1 from './gen/index.thecloud.common.v1';
export * as computeV1 from './gen/index.thecloud.compute.v1';
export * as identityV1 from './gen/index.thecloud.identity.v1';
export * as googleRpc from './gen/index.google.rpc';
export { fieldRules, methods } from './gen/methods';
export { imagePath, registry } from './image';
export { isRead, methodByPath } from './method-table';
export type { FieldRule, MethodEntry } from './method-entry';
