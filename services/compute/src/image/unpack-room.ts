import { errors } from '../errors';
import { spoolRoom } from './spool-room';
import { UnpackBudget } from './unpack-budget';

/** The budget of one image that is unpacked: the limit, or what the disk has room for. */
export async function unpackRoom(dir: string, limitMib: number, parts: number): Promise<UnpackBudget> {
  const bytes = limitMib * 1024 * 1024;
  const room = await spoolRoom(dir, parts);
  if (bytes <= room) return new UnpackBudget({ bytes });
  return new UnpackBudget({ bytes: room, tooLarge: () => errors.IMAGE_SPOOL_FULL({}) });
}
