import { errors } from '../errors';

/** What images may come to. */
export interface ImageQuota {
  /** Of a project. */
  readonly images: number;
  /** Of a project. */
  readonly mib: number;
  /** Of a person, in all projects. */
  readonly personMib: number;
}

/** What the images of a project, and of a person in all projects, come to. */
export interface ImageUsage {
  readonly images: number;
  readonly bytes: bigint;
  readonly personBytes: bigint;
}

const MIB = 1024n * 1024n;

/** RESOURCE_EXHAUSTED IMAGE_LIMIT, and as `refuseLarge`: no room for another image, of `bytes` if that is known. */
export function refuseFull(used: ImageUsage, quota: ImageQuota, bytes = 0n): void {
  if (used.images >= quota.images) throw errors.IMAGE_LIMIT({ limit: String(quota.images) });
  refuseLarge(used, quota, bytes);
}

/** RESOURCE_EXHAUSTED IMAGE_STORAGE_LIMIT, IMAGE_STORAGE_LIMIT_OF_PERSON. Where all is used no image of any size has room. */
export function refuseLarge(used: ImageUsage, { mib, personMib }: ImageQuota, bytes: bigint): void {
  if (isOver(used.bytes, bytes, mib)) throw errors.IMAGE_STORAGE_LIMIT(told(used.bytes, mib));
  if (isOver(used.personBytes, bytes, personMib))
    throw errors.IMAGE_STORAGE_LIMIT_OF_PERSON(told(used.personBytes, personMib));
}

const isOver = (used: bigint, more: bigint, mib: number) =>
  used >= BigInt(mib) * MIB || used + more > BigInt(mib) * MIB;
const told = (used: bigint, mib: number) => ({ limitMib: String(mib), usedMib: String(used / MIB) });
