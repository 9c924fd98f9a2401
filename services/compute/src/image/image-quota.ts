import { errors } from '../errors';

/** What the images of one project may come to. */
export interface ImageQuota {
  readonly images: number;
  readonly mib: number;
}

/** What the images of a project come to. */
export interface ImageUsage {
  readonly images: number;
  readonly bytes: bigint;
}

const MIB = 1024n * 1024n;

/** RESOURCE_EXHAUSTED IMAGE_LIMIT or IMAGE_STORAGE_LIMIT: no room for another image, of `bytes` if that is known. */
export function refuseFull(used: ImageUsage, quota: ImageQuota, bytes = 0n): void {
  if (used.images >= quota.images) throw errors.IMAGE_LIMIT({ limit: String(quota.images) });
  refuseLarge(used.bytes, quota, bytes);
}

/** RESOURCE_EXHAUSTED IMAGE_STORAGE_LIMIT. A project that has used all of it takes no image of any size. */
export function refuseLarge(usedBytes: bigint, { mib }: Pick<ImageQuota, 'mib'>, bytes: bigint): void {
  const most = BigInt(mib) * MIB;
  if (usedBytes >= most || usedBytes + bytes > most)
    throw errors.IMAGE_STORAGE_LIMIT({ limitMib: String(mib), usedMib: String(usedBytes / MIB) });
}
