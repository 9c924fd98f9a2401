import { statfs } from 'node:fs/promises';

export interface SpoolUsers {
  /** Uploads under way: each keeps its file as it came. */
  readonly receptions: number;
  /** Uploads that are unpacked: each keeps its layers unpacked, and compressed. */
  readonly unpackings: number;
  /** Each keeps all three. */
  readonly imports: number;
}

/** How many parts of the same size share the disk, of whose free space a quarter stays free. */
export function spoolParts({ receptions, unpackings, imports }: SpoolUsers): number {
  return Math.ceil(((receptions + 2 * unpackings + 3 * imports) * 4) / 3);
}

/** Bytes that one upload or import may take in each form, by what is free on disk now. */
export async function spoolRoom(dir: string, parts: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return Math.floor((bavail * bsize) / parts);
}
