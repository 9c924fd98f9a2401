import { z } from 'zod';
import { errors } from '../errors';
import { ArchiveIndex, jsonOf } from './archive-index';
import { usableConfig } from './image-config';
import type { ImageLayout } from './image-layout';
import { addLayers } from './layers';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

const schema = z
  .array(
    z.looseObject({
      Config: z.string().min(1),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string().min(1)),
    }),
  )
  .min(1);

/** The manifest.json of `docker save`: a list of images with Config and Layers. Undefined for any other. */
export const dockerManifest = (json: unknown): z.infer<typeof schema> | undefined =>
  schema.safeParse(json).data;

/** Turns what `docker save` wrote into a layout. INVALID_ARGUMENT: damaged, several images, or not for our hosts. */
export async function dockerArchiveToLayout(
  tarball: Extent,
  layout: ImageLayout,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<void> {
  const index = await ArchiveIndex.of(tarball);
  const images = dockerManifest(jsonOf(await index.text('manifest.json'))) ?? [];
  const configs = new Set(images.map(({ Config: config }) => config));
  const [image] = images;
  if (!image || configs.size > 1) {
    const names = images.map(({ Config: config, RepoTags: tags }) => tags?.join(', ') || config.slice(0, 12));
    throw errors.IMAGE_ARCHIVE_INVALID({
      why: `it holds ${configs.size} images (${names.join('; ').slice(0, 200)}); save one at a time`,
    });
  }
  const json = await index.text(image.Config);
  const { rootfs } = usableConfig(json);
  if (rootfs.diff_ids.length !== image.Layers.length)
    throw errors.IMAGE_ARCHIVE_INVALID({
      why: `its configuration names ${rootfs.diff_ids.length} layers, but it holds ${image.Layers.length}`,
    });
  const named = rootfs.diff_ids.map((plainDigest, i) => ({
    plainDigest,
    extent: index.file(image.Layers[i] ?? ''),
  }));
  await layout.complete(Buffer.from(json), await addLayers(layout, named, budget, signal));
}
