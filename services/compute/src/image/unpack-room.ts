import type { SpoolRoom } from './spool-disk';
import { UnpackBudget } from './unpack-budget';

/** The budget of one image that is unpacked: the limit, and what the disk has room for. */
export const unpackRoom = (limitMib: number, room: SpoolRoom): UnpackBudget =>
  new UnpackBudget({ bytes: limitMib * 1024 * 1024, room });
