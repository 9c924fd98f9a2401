import { createHash } from 'node:crypto';
import { z } from 'zod';
import { errors } from '../errors';
import { ArchiveIndex, jsonOf, textOf } from './archive-index';
import { usableConfig } from './image-config';
import type { ImageLayout } from './image-layout';
import { addLayers } from './layers';
import { choosePlatform, platformSchema } from './platform';
import { contentOf } from './tar-reader';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

const descriptor = z.looseObject({
  mediaType: z.string().optional(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  platform: platformSchema.optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const indexSchema = z.looseObject({ manifests: z.array(descriptor).min(1).max(1000) });
const manifestSchema = z.looseObject({ config: descriptor, layers: z.array(descriptor) });
type Reference = z.infer<typeof descriptor>;

const CONFIGS = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const REF_NAME = 'org.opencontainers.image.ref.name';
const MAX_DEPTH = 4;

/** The document oci-layout of an OCI image layout. */
export const isOciLayout = (json: unknown): boolean =>
  z.looseObject({ imageLayoutVersion: z.string() }).safeParse(json).success;

/** An OCI index, or Docker's manifest list: undefined for anything else. */
export const ociIndex = (json: unknown): z.infer<typeof indexSchema> | undefined =>
  indexSchema.safeParse(json).data;

/** A manifest without a configuration, as registries gave out before 2016. */
export const isSchema1 = (json: unknown): boolean =>
  z.looseObject({ schemaVersion: z.literal(1) }).safeParse(json).success;

/** Where the blobs of an image are, by their digests. */
export interface Blobs {
  blob(digest: string): Promise<Extent>;
}

/**
 * Turns an OCI archive (its image layout as a tarball) into a layout of the one image that hosts run.
 * INVALID_ARGUMENT: damaged, several images, or none for our hosts.
 */
export async function ociArchiveToLayout(
  tarball: Extent,
  layout: ImageLayout,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<void> {
  const archive = await ArchiveIndex.of(tarball);
  const index = ociIndex(jsonOf(await archive.text('index.json')));
  const blobs = {
    blob: (digest: string) => Promise.resolve(archive.file(`blobs/${digest.replace(':', '/')}`)),
  };
  const manifest = await manifestOf(blobs, theImage(index?.manifests ?? []));
  await manifestToLayout(manifest, blobs, layout, budget, signal);
}

/** Turns the image of a manifest, of OCI or of Docker, into a layout. INVALID_ARGUMENT: damaged, or not for our hosts. */
export async function manifestToLayout(
  json: unknown,
  blobs: Blobs,
  layout: ImageLayout,
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<void> {
  const manifest = manifestSchema.safeParse(json).data ?? refuse('it has no manifest of an image');
  const { mediaType = '' } = manifest.config;
  if (!CONFIGS.includes(mediaType))
    throw invalid(`it holds no container image but ${mediaType.slice(0, 100)}`);
  const config = await documentOf(blobs, manifest.config);
  const { rootfs } = usableConfig(config.toString('utf8'));
  if (rootfs.diff_ids.length !== manifest.layers.length)
    throw invalid(
      `its configuration names ${rootfs.diff_ids.length} layers, but it holds ${manifest.layers.length}`,
    );
  const named = await Promise.all(
    manifest.layers.map(async ({ digest }, i) => ({
      digest,
      plainDigest: rootfs.diff_ids[i] ?? '',
      extent: await blobs.blob(digest),
    })),
  );
  await layout.complete(config, await addLayers(layout, named, budget, signal));
}

/** Several references to one digest are one image; several images may differ by platform only. */
function theImage(manifests: readonly Reference[]): Reference {
  const images = [...new Map(manifests.map((manifest) => [manifest.digest, manifest])).values()];
  const [first] = images;
  if (first && images.length === 1) return first;
  const names = images.map(({ annotations, digest }) => annotations?.[REF_NAME] ?? digest.slice(0, 19));
  const platforms = new Set(images.map(({ platform }) => JSON.stringify(platform)));
  if (platforms.size === images.length && images.every(({ platform }) => platform))
    return choosePlatform(images);
  throw invalid(`it holds ${images.length} images (${names.join(', ').slice(0, 200)}); save one at a time`);
}

async function manifestOf(blobs: Blobs, from: Reference): Promise<unknown> {
  let reference = from;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const json = jsonOf((await documentOf(blobs, reference)).toString('utf8'));
    const nested = ociIndex(json);
    if (!nested) return json;
    const [only] = nested.manifests;
    reference =
      only && nested.manifests.length === 1 && !only.platform ? only : choosePlatform(nested.manifests);
  }
  throw invalid('its indexes are nested too deeply');
}

async function documentOf(blobs: Blobs, { digest, size }: Reference): Promise<Buffer> {
  const file = await blobs.blob(digest);
  await textOf(file, digest); // refuses what is too large
  const content = await contentOf(file);
  if (content.length !== size || `sha256:${createHash('sha256').update(content).digest('hex')}` !== digest)
    throw invalid(`its blob ${digest} is damaged`);
  return content;
}

const invalid = (why: string) => errors.IMAGE_ARCHIVE_INVALID({ why });
const refuse = (why: string): never => {
  throw invalid(why);
};
