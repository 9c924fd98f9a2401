import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { errors } from '../errors';
import { compressionOf, decompress, readExtent } from './decompress';
import type { Descriptor, ImageLayout } from './image-layout';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';
import { checkUnpackable } from './unpackable';

/** What a layer must be, as the image that it belongs to says. */
export interface ExpectedLayer {
  /** Of its uncompressed bytes. */
  readonly plainDigest: string;
  /** Of its bytes as they are; absent where nobody says. */
  readonly digest?: string;
}

/**
 * Takes a layer of an archive over into a layout, checked: its digests are right, and hosts can unpack it. Layers that
 * are not compressed by gzip will be. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID.
 */
export async function addLayer(
  layout: ImageLayout,
  layer: Extent,
  expected: ExpectedLayer,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<Descriptor> {
  const compression = await compressionOf(layer);
  if (compression === 'none') {
    await checkUnpackable(layer, budget, true); // its digest is checked below
    const { plainDigest, ...descriptor } = await layout.compressLayer(layer, signal);
    refuseOther(expected.plainDigest, plainDigest);
    if (expected.digest) refuseOther(expected.digest, plainDigest);
    return descriptor;
  }
  if (expected.digest) refuseOther(expected.digest, await digestOf(layer));
  const plainFile = await layout.scratch();
  const { plainDigest, whole } = await decompress(layer, compression, plainFile, budget, signal);
  refuseOther(expected.plainDigest, plainDigest);
  const file = await open(plainFile);
  try {
    const plain = { file, at: 0, size: (await file.stat()).size };
    await checkUnpackable(plain, budget, true);
    return compression === 'gzip' && whole
      ? await layout.keepLayer(layer, signal)
      : await layout.compressLayer(plain, signal);
  } finally {
    await file.close();
    await rm(plainFile);
  }
}

async function digestOf(extent: Extent): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readExtent(extent)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

function refuseOther(expected: string, found: string): void {
  if (expected !== found)
    throw errors.IMAGE_ARCHIVE_INVALID({
      why: `its layer ${expected} is damaged: it has the digest ${found}`,
    });
}
