import { computeV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { grants, principalOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { ImageQuota } from './image-quota';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import type { RegistryContents } from './registry-contents';
import { recordImage } from './record-image';
import type { RecordImage } from './record-image';
import { refuseEarly } from './refuse-early';
import type { Registry } from './registry';
import type { AdmissionSlots } from './upload-slots';

/** A user's permissions in a project, by identity. */
export type PermissionsIn = (
  userId: string,
  projectId: string,
  signal: AbortSignal,
) => Promise<readonly string[]>;

export interface CopyDeps {
  readonly registry: Registry;
  readonly contents: RegistryContents;
  readonly quota: ImageQuota;
  readonly copies: AdmissionSlots;
  readonly permissionsIn: PermissionsIn;
}

/**
 * Makes an image of the caller's project out of one that the caller may read. The original was checked when it came in,
 * so its copy is not checked again. NOT_FOUND IMAGE_NOT_FOUND; FAILED_PRECONDITION IMAGE_COPY_NEEDS_SESSION,
 * IMAGE_COPY_NOT_READY; ALREADY_EXISTS IMAGE_NAME_TAKEN; RESOURCE_EXHAUSTED IMAGE_LIMIT, IMAGE_STORAGE_LIMIT,
 * IMAGE_COPIES_BUSY; UNAVAILABLE REGISTRY_UNAVAILABLE.
 */
export async function copyImage(
  f: Foundation,
  d: CopyDeps,
  ctx: RequestContext,
  { name, labels, imageId, projectId }: computeV1.CopyImageRequest,
  record: RecordImage,
): Promise<computeV1.Image> {
  // A repeated request gets its answer also when the original is gone by now.
  const first = await f.answers.find(ctx, computeV1.Image);
  if (first) return first;
  const { digest, sizeBytes } = await findOriginal(f, d.permissionsIn, ctx, { imageId, projectId });
  await refuseEarly(f, ctx, d.quota, { name, sizeBytes });
  return d.copies.run(principalOf(ctx).userId, async () => {
    const id = newId('image');
    const isThere = await d.contents
      .copy({ id: imageId, digest }, id, ctx.signal)
      .catch((cause: unknown) => Promise.reject(errors.REGISTRY_UNAVAILABLE({}, cause)));
    // It was deleted meanwhile.
    if (!isThere) throw errors.IMAGE_NOT_FOUND({ id: imageId });
    return recordImage(f, d, ctx, { id, name, labels, digest, sizeBytes, copiedFrom: imageId }, record);
  });
}

interface Origin {
  readonly imageId: string;
  readonly projectId: string;
}

/** It is one of this project, a shared one, or one of a project in which the caller may read images. */
async function findOriginal(
  f: Pick<Foundation, 'db'>,
  permissionsIn: PermissionsIn,
  ctx: RequestContext,
  origin: Origin,
): Promise<ImageRow> {
  const here = projectOf(ctx);
  const { imageId, projectId } = origin;
  const isHere = !projectId || projectId === here;
  if (!isHere) await requireReader(permissionsIn, ctx, origin);
  const reader = isHere ? here : projectId;
  const row = await f.db.read({ projectId: reader }, (tx) => imageRepo.find(tx, imageId));
  if (!row || (projectId && row.projectId !== projectId)) throw errors.IMAGE_NOT_FOUND({ id: imageId });
  if (row.state !== 'ready') throw errors.IMAGE_COPY_NOT_READY({ id: imageId, state: row.state });
  return row;
}

async function requireReader(
  permissionsIn: PermissionsIn,
  ctx: RequestContext,
  { imageId, projectId }: Origin,
): Promise<void> {
  const { kind, subject } = principalOf(ctx);
  // The answer does not depend on whether there is such a project or image.
  if (kind !== 'user') throw errors.IMAGE_COPY_NEEDS_SESSION({ project: projectId });
  if (!grants(await permissionsIn(subject, projectId, ctx.signal), 'image:read'))
    throw errors.IMAGE_NOT_FOUND({ id: imageId });
}
