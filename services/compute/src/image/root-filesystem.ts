import type { ImageLayout } from './image-layout';
import { hostPlatform } from './platform';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';
import { checkUnpackable } from './unpackable';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Turns a tarball of a root file system into an image of one layer, as `docker import` does. */
export async function rootFilesystemToLayout(
  tarball: Extent,
  command: readonly string[],
  layout: ImageLayout,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<void> {
  await checkUnpackable(tarball, budget);
  const { plainDigest, ...layer } = await layout.compressLayer(tarball, signal);
  const config = {
    ...hostPlatform,
    config: { Env: [PATH], Cmd: command.length ? command : ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [plainDigest] },
  };
  await layout.complete(Buffer.from(JSON.stringify(config)), [layer]);
}
