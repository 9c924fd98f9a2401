import { statfs } from 'node:fs/promises';

/** Of the free space: an image is kept as it came, unpacked, and as compressed layers; the rest stays free. */
const PARTS = 4;

/** Bytes that one of `sharers` concurrent uploads and imports may take in each form, by what is free on disk now. */
export async function spoolRoom(dir: string, sharers: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return Math.floor((bavail * bsize) / (PARTS * sharers));
}
