import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { computeV1 } from '@thecloud/api';
import { CloudError, newId } from '@thecloud/kernel';
import { projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { archiveToLayout } from './archive-to-layout';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import { receiveUpload } from './receive-upload';
import type { Copied, Registry } from './registry';
import { spoolRoom } from './spool-room';
import { unpackRoom } from './unpack-room';
import type { UploadSlots } from './upload-slots';

export interface UploadDeps {
  readonly registry: Registry;
  readonly limitMib: number;
  readonly unpackedLimitMib: number;
  readonly uploads: UploadSlots;
  /** Uploads and imports at the same time: they share what is free on the disk. */
  readonly spoolSharers: number;
}

type NewImage = Pick<ImageRow, 'id' | 'name' | 'labels' | 'digest' | 'sizeBytes'>;

/**
 * Takes an upload in: receives, checks, copies it to the registry, and records it. A name that is taken, and a used
 * idempotency key with other bytes, are refused before anything reaches the registry. Without a free slot it is refused
 * before any of its bytes are read.
 */
export function uploadImage(
  f: Foundation,
  d: UploadDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  record: (tx: Tx, row: NewImage) => Promise<computeV1.Image>,
): Promise<computeV1.Image> {
  return d.uploads.run(projectOf(ctx), () => uploadInSlot(f, d, ctx, requests, record));
}

async function uploadInSlot(
  f: Foundation,
  d: UploadDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  record: (tx: Tx, row: NewImage) => Promise<computeV1.Image>,
): Promise<computeV1.Image> {
  const dir = d.registry.spool();
  try {
    const file = join(dir, 'upload');
    const limits = { limitMib: d.limitMib, roomBytes: await spoolRoom(dir, d.spoolSharers) };
    const upload = await receiveUpload(file, limits, requests, ({ name }) => refuseTaken(f, ctx, name));
    // The bytes are part of the request: only now is it known which request this is.
    const identified = Object.assign(ctx, { requestHash: upload.requestHash });
    const first = await f.answers.find(identified, computeV1.Image);
    if (first) return first;

    const { name, labels, command } = upload;
    const budget = await unpackRoom(dir, d.unpackedLimitMib, d.spoolSharers);
    await archiveToLayout(file, { dir: join(dir, 'work'), command, budget, signal: ctx.signal });
    const id = newId('image');
    const copied = await push(d.registry, join(dir, 'work', 'layout'), id, ctx.signal);
    const answer = await f
      .mutate(identified, computeV1.Image, (tx) => record(tx, { id, name, labels, ...copied }))
      .catch(async (cause: unknown) => {
        // Whether the transaction happened is not always known; the collector of orphans finds out.
        if (cause instanceof CloudError && cause.code !== 'UNAVAILABLE')
          await forgetUnrecorded(f, d.registry, id, copied);
        throw cause;
      });
    if (answer.metadata?.id !== id) await forgetUnrecorded(f, d.registry, id, copied);
    return answer;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** ALREADY_EXISTS IMAGE_NAME_TAKEN, unless this may be the very request that took it. */
async function refuseTaken(f: Foundation, ctx: RequestContext, name: string): Promise<void> {
  const isTaken = await f.db.read(scopeOf(ctx), (tx) => imageRepo.isNameTaken(tx, projectOf(ctx), name));
  if (isTaken && !(await f.answers.isKeyUsed(ctx))) throw errors.IMAGE_NAME_TAKEN({ name });
}

/** The layout is checked: what fails now is the registry. */
async function push(registry: Registry, layout: string, id: string, signal: AbortSignal): Promise<Copied> {
  try {
    return await registry.copyIn(`oci:${layout}`, id, signal);
  } catch (cause) {
    throw cause instanceof CloudError ? errors.REGISTRY_UNAVAILABLE({}, cause) : cause;
  }
}

/** Nothing names it: a concurrent request with the same key or name was first. */
export async function forgetUnrecorded(
  f: Foundation,
  registry: Registry,
  id: string,
  { digest }: Copied,
): Promise<void> {
  await registry
    .remove(id, digest)
    .catch((err: unknown) =>
      f.log.warn({ err, image: id }, 'could not remove an image that was not recorded'),
    );
}
