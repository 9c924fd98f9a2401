import { errors } from '../errors';
import { UnpackBudget } from './unpack-budget';

/** The budget of one image that is unpacked: the limit, or what the disk has room for. */
export function unpackRoom(limitMib: number, roomBytes: number): UnpackBudget {
  const bytes = limitMib * 1024 * 1024;
  if (bytes <= roomBytes) return new UnpackBudget({ bytes });
  return new UnpackBudget({ bytes: roomBytes, tooLarge: () => errors.IMAGE_SPOOL_FULL({}) });
}
