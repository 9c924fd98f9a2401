import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '@thecloud/kernel';
import { errors } from '../errors';
import { jsonOf } from './archive-index';
import { usableConfig } from './image-config';
import { ImageLayout } from './image-layout';
import { isSchema1, manifestToLayout, ociIndex } from './oci-archive';
import { choosePlatform } from './platform';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

/**
 * Whether hosts could run an image of a registry, by its manifest and configuration alone, before its layers are
 * fetched. INVALID_ARGUMENT IMAGE_INVALID, IMAGE_PLATFORM_UNSUPPORTED or IMAGE_CONFIG_INVALID.
 */
export async function refuseUnsuited(manifest: string, config: () => Promise<string>): Promise<void> {
  const json = jsonOf(manifest);
  if (isSchema1(json)) throw errors.IMAGE_INVALID({ why: 'its manifest is of the old schema 1 of Docker' });
  const index = ociIndex(json);
  if (index?.manifests.some(({ platform }) => platform)) choosePlatform(index.manifests);
  usableConfig(await config());
}

/**
 * Turns an image that skopeo fetched into a directory ("dir:") into a checked layout; zstd layers become gzip.
 * INVALID_ARGUMENT IMAGE_INVALID: hosts cannot run or unpack it.
 */
export async function fetchedToLayout(
  fetched: string,
  dir: string,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<ImageLayout> {
  const layout = new ImageLayout(dir);
  const opened: FileHandle[] = [];
  const blob = async (digest: string): Promise<Extent> => {
    const file = await open(join(fetched, digest.replace('sha256:', '')));
    opened.push(file);
    return { file, at: 0, size: (await file.stat()).size };
  };
  try {
    const manifest = jsonOf(await readFile(join(fetched, 'manifest.json'), 'utf8'));
    await manifestToLayout(manifest, { blob }, layout, budget, signal);
    return layout;
  } catch (cause) {
    const isUpload = cause instanceof CloudError && cause.reason === 'IMAGE_ARCHIVE_INVALID';
    throw isUpload ? errors.IMAGE_INVALID({ why: cause.metadata['why'] ?? '' }, cause) : cause;
  } finally {
    for (const file of opened) await file.close();
  }
}
