import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveKind } from './archive';
import type { ArchiveKind } from './archive';
import { compressionOf, decompress } from './decompress';
import { dockerArchiveToLayout } from './docker-archive';
import { ImageLayout } from './image-layout';
import { ociArchiveToLayout } from './oci-archive';
import { rootFilesystemToLayout } from './root-filesystem';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

export interface ArchiveOptions {
  /** An empty directory for all that is written. */
  readonly dir: string;
  /** What an image of a root file system runs. */
  readonly command: readonly string[];
  /** Of this upload alone. */
  readonly budget: UnpackBudget;
  readonly signal: AbortSignal;
}

/**
 * Turns an upload, whatever it is, into an image layout of one image, all of it checked: afterwards only the registry
 * can fail. INVALID_ARGUMENT says what is wrong with the upload.
 */
export async function archiveToLayout(
  upload: string,
  { dir, command, budget, signal }: ArchiveOptions,
): Promise<{ kind: ArchiveKind; layout: ImageLayout }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const layout = new ImageLayout(join(dir, 'layout'));
  return withFile(upload, async (sent) => {
    const compression = await compressionOf(sent);
    const plain = join(dir, 'upload.plain');
    if (compression !== 'none') await decompress(sent, compression, plain, budget, signal);
    return withFile(compression === 'none' ? upload : plain, async (tarball) => {
      const kind = await archiveKind(tarball);
      if (kind === 'root-filesystem') await rootFilesystemToLayout(tarball, command, layout, budget, signal);
      else if (kind === 'docker-archive') await dockerArchiveToLayout(tarball, layout, budget, signal);
      else await ociArchiveToLayout(tarball, layout, budget, signal);
      return { kind, layout };
    });
  });
}

async function withFile<T>(path: string, use: (extent: Extent) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await use({ file, at: 0, size: (await file.stat()).size });
  } finally {
    await file.close();
  }
}
