import { manifest } from './manifest';

export { computeConfig } from './config';
export type { ComputeConfig } from './config';
export { errors } from './errors';
export { tables } from './kit.schema';
export { Placer } from './placement/placer';
export type { Placement, PlacementRequest } from './placement/placer';
export { manifest };
export { start } from './service';
export { HOST_REASONS } from './host/host-reasons';
export { IMAGE_REASONS } from './image/image.advice';
export { INSTANCE_REASONS } from './instance/instance.advice';

/** SQL that brings the service's schema up to date, for `migrate`. */
export const { migrationsFolder } = manifest;
