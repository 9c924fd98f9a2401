import { statfs } from 'node:fs/promises';
import { errors } from '../errors';

/** How an image may lie in the spool at the same time: as it came, its layers unpacked, and compressed again. */
const FORMS = 3;
/** Of what is free and given to nobody, this part is given to the next one: always some is left. */
const SHARE = 1 / 4;

/** What an image may take in each of its forms. */
export interface SpoolRoom {
  /** By what is free on the disk now. */
  readonly bytes: number;
  /** If the disk were empty: what is larger never fits. */
  readonly mostBytes: number;
}

/** Gives each upload and import under way a share of the disk. */
export class SpoolDisk {
  #given = 0;

  /** Of the disk of `dir`. */
  async share<T>(dir: string, work: (room: SpoolRoom) => Promise<T>): Promise<T> {
    const { bavail, bfree, blocks, bsize } = await statfs(dir);
    const bytes = Math.max(0, Math.floor((bavail * bsize - this.#given) * SHARE));
    // Without what the file system keeps for root.
    const mostBytes = Math.floor((blocks - bfree + bavail) * bsize * SHARE);
    this.#given += bytes;
    try {
      return await work({ bytes: Math.floor(bytes / FORMS), mostBytes: Math.floor(mostBytes / FORMS) });
    } finally {
      this.#given -= bytes;
    }
  }
}

/** INVALID_ARGUMENT IMAGE_NEVER_FITS: an image of that size fits not even an empty disk. */
export function refuseNeverFits({ mostBytes }: SpoolRoom, bytes: number): void {
  if (bytes > mostBytes) throw errors.IMAGE_NEVER_FITS({ mostMib: String(Math.floor(mostBytes / 2 ** 20)) });
}
