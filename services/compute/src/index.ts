export { computeConfig } from './config';
export type { ComputeConfig } from './config';
export { errors } from './errors';
export { migrationsFolder, start } from './service';
