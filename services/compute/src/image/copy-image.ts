import { computeV1 } from '@thecloud/api';
import { CloudError, newId } from '@thecloud/kernel';
import { grants, principalOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import type { RegistryContents } from './registry-contents';
import { forgetUnrecorded } from './upload-image';
import type { UploadDeps } from './upload-image';

/** A user's permissions in a project, by identity. */
export type PermissionsIn = (
  userId: string,
  projectId: string,
  signal: AbortSignal,
) => Promise<readonly string[]>;

export interface CopyDeps extends Pick<UploadDeps, 'registry'> {
  readonly contents: RegistryContents;
  readonly permissionsIn: PermissionsIn;
}

type NewImage = Pick<ImageRow, 'id' | 'name' | 'labels' | 'digest' | 'sizeBytes'>;

/**
 * Makes an image of the caller's project out of one that the caller may read. The original was checked when it came in,
 * so its copy is not checked again. NOT_FOUND IMAGE_NOT_FOUND; FAILED_PRECONDITION IMAGE_COPY_NEEDS_SESSION,
 * IMAGE_COPY_NOT_READY; ALREADY_EXISTS IMAGE_NAME_TAKEN; UNAVAILABLE REGISTRY_UNAVAILABLE.
 */
export async function copyImage(
  f: Foundation,
  d: CopyDeps,
  ctx: RequestContext,
  { name, labels, imageId, projectId }: computeV1.CopyImageRequest,
  record: (tx: Tx, row: NewImage) => Promise<computeV1.Image>,
): Promise<computeV1.Image> {
  // A repeated request gets its answer also when the original is gone by now.
  const first = await f.answers.find(ctx, computeV1.Image);
  if (first) return first;
  const { digest, sizeBytes } = await findOriginal(f, d.permissionsIn, ctx, { imageId, projectId });
  const scope = { projectId: projectOf(ctx) };
  if (await f.db.read(scope, (tx) => imageRepo.isNameTaken(tx, scope.projectId, name)))
    throw errors.IMAGE_NAME_TAKEN({ name });
  const id = newId('image');
  const isThere = await d.contents
    .copy({ id: imageId, digest }, id, ctx.signal)
    .catch((cause: unknown) => Promise.reject(errors.REGISTRY_UNAVAILABLE({}, cause)));
  // It was deleted meanwhile.
  if (!isThere) throw errors.IMAGE_NOT_FOUND({ id: imageId });
  const copied = { digest, sizeBytes };
  const answer = await f
    .mutate(ctx, computeV1.Image, (tx) => record(tx, { id, name, labels, ...copied }))
    .catch(async (cause: unknown) => {
      // Whether the transaction happened is not always known; the collector of orphans finds out.
      if (cause instanceof CloudError && cause.code !== 'UNAVAILABLE')
        await forgetUnrecorded(f, d.registry, id, copied);
      throw cause;
    });
  if (answer.metadata?.id !== id) await forgetUnrecorded(f, d.registry, id, copied);
  return answer;
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
