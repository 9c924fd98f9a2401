import { statfs } from 'node:fs/promises';

/** Of the free space: an upload is kept as it came, unpacked, and as compressed layers; the rest stays free. */
const PARTS = 4;

/** Bytes that one of `uploads` concurrent uploads may take in each of its forms, by what is free on disk now. */
export async function spoolRoom(dir: string, uploads: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return Math.floor((bavail * bsize) / (PARTS * uploads));
}
