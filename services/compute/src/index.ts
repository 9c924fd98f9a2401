export { computeConfig } from './config';
export type { ComputeConfig } from './config';
export { errors } from './errors';
export { tables } from './kit.schema';
export { Placer } from './placement/placer';
export type { Placement, PlacementRequest } from './placement/placer';
export { migrationsFolder, start } from './service';
export { INSTANCE_REASONS } from './instance/instance.advice';
