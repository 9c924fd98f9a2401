import { errors } from '../errors';
import { spoolRoom } from './spool-room';
import { UnpackBudget } from './unpack-budget';

/** The budget of one of `sharers` images that are unpacked at once: the limit, or what the disk has room for. */
export async function unpackRoom(dir: string, limitMib: number, sharers: number): Promise<UnpackBudget> {
  const bytes = limitMib * 1024 * 1024;
  const room = await spoolRoom(dir, sharers);
  if (bytes <= room) return new UnpackBudget({ bytes });
  return new UnpackBudget({ bytes: room, tooLarge: () => errors.IMAGE_SPOOL_FULL({}) });
}
