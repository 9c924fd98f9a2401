import { statfs } from 'node:fs/promises';

/** How an image may lie in the spool at the same time: as it came, its layers unpacked, and compressed again. */
const FORMS = 3;
/** Of what is free and given to nobody, this part is given to the next one: always some is left. */
const SHARE = 1 / 4;

/** Gives each upload and import under way a share of the disk. */
export class SpoolDisk {
  #given = 0;

  /** `roomBytes`: what the image may take in each of its forms, by what is free on the disk of `dir` now. */
  async share<T>(dir: string, work: (roomBytes: number) => Promise<T>): Promise<T> {
    const { bavail, bsize } = await statfs(dir);
    const bytes = Math.max(0, Math.floor((bavail * bsize - this.#given) * SHARE));
    this.#given += bytes;
    try {
      return await work(Math.floor(bytes / FORMS));
    } finally {
      this.#given -= bytes;
    }
  }
}
