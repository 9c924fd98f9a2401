import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { computeV1 } from '@thecloud/api';
import { CloudError, newId } from '@thecloud/kernel';
import { principalOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { archiveToLayout } from './archive-to-layout';
import type { ImageQuota } from './image-quota';
import type { PaceLimits } from './paced';
import { receiveUpload } from './receive-upload';
import type { Upload } from './receive-upload';
import { recordImage } from './record-image';
import type { RecordImage } from './record-image';
import { ownerIn, refuseEarly, refuseLargeEarly } from './refuse-early';
import type { Copied, Registry } from './registry';
import type { RegistryContents } from './registry-contents';
import type { SpoolDisk, SpoolRoom } from './spool-disk';
import { unpackRoom } from './unpack-room';
import type { AdmissionSlots, TurnSlots } from './upload-slots';

export interface UploadDeps {
  readonly registry: Registry;
  readonly contents: RegistryContents;
  readonly quota: ImageQuota;
  readonly limitMib: number;
  readonly unpackedLimitMib: number;
  readonly pace: PaceLimits;
  /** Uploads under way, from the first message on. */
  readonly receptions: AdmissionSlots;
  /** Of those, the ones that are unpacked and copied to the registry. */
  readonly unpackings: TurnSlots;
  readonly disk: Pick<SpoolDisk, 'share'>;
}

/** How long an upload that has arrived waits for a registry that takes no images: it collects garbage, or restarts. */
const REGISTRY_MS = 5 * 60_000;

/**
 * Takes an upload in: receives, checks, copies it to the registry, and records it. What is known by the first message is
 * refused before any bytes are kept: a name that is taken, a full project, a registry that takes nothing.
 */
export function uploadImage(
  f: Foundation,
  d: UploadDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  record: RecordImage,
): Promise<computeV1.Image> {
  return d.receptions.run(principalOf(ctx).userId, async () => {
    const dir = d.registry.spool();
    try {
      return await d.disk.share(dir, (room) => takeIn(f, d, ctx, requests, record, { dir, room }));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}

async function takeIn(
  f: Foundation,
  d: UploadDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  record: RecordImage,
  { dir, room }: { dir: string; room: SpoolRoom },
): Promise<computeV1.Image> {
  const file = join(dir, 'upload');
  const upload = await receiveUpload(file, { ...d, room }, requests, ({ name }) => admit(f, d, ctx, name));
  // The bytes are part of the request: only now is it known which request this is.
  const identified = Object.assign(ctx, { requestHash: upload.requestHash });
  const first = await f.answers.find(identified, computeV1.Image);
  if (first) return first;
  return d.unpackings.run(principalOf(ctx).userId, ctx.signal, async () => {
    const id = newId('image');
    const admitSize = (sizeBytes: bigint) => refuseLargeEarly(f, ownerIn(ctx), d.quota, sizeBytes);
    const copied = await unpackAndPush(d, { dir, room, file, upload, id, admitSize }, ctx.signal);
    const { name, labels } = upload;
    return recordImage(f, d, identified, { id, name, labels, ...copied }, record);
  });
}

/** Unless this may be the very request that was answered before. See `refuseEarly`; UNAVAILABLE REGISTRY_UNAVAILABLE. */
async function admit(f: Foundation, d: UploadDeps, ctx: RequestContext, name: string): Promise<void> {
  if (await f.answers.isKeyUsed(ctx)) return;
  await refuseEarly(f, ctx, d.quota, { name });
  if (!(await d.contents.takesImages())) throw errors.REGISTRY_UNAVAILABLE({});
}

interface Received {
  readonly dir: string;
  readonly room: SpoolRoom;
  readonly file: string;
  readonly upload: Upload;
  /** Of the image that it becomes. */
  readonly id: string;
  /** Refuses an image of that size, by throwing, before it is pushed. */
  readonly admitSize: (sizeBytes: bigint) => Promise<void>;
}

async function unpackAndPush(
  d: UploadDeps,
  { dir, room, file, upload, id, admitSize }: Received,
  signal: AbortSignal,
): Promise<Copied> {
  const budget = unpackRoom(d.unpackedLimitMib, room);
  const { command } = upload;
  const { layout } = await archiveToLayout(file, { dir: join(dir, 'work'), command, budget, signal });
  await admitSize(layout.layersBytes);
  return push(d, `oci:${layout.dir}`, id, signal);
}

/** The layout is checked: what fails now is the registry. If that begins to collect garbage, this waits for it, once. */
async function push(d: UploadDeps, source: string, id: string, signal: AbortSignal): Promise<Copied> {
  try {
    return await d.registry.copyIn(source, id, signal).catch(async (cause: unknown) => {
      if (!(await d.contents.untilItTakesImages(signal, REGISTRY_MS))) throw cause;
      return d.registry.copyIn(source, id, signal);
    });
  } catch (cause) {
    throw cause instanceof CloudError ? errors.REGISTRY_UNAVAILABLE({}, cause) : cause;
  }
}
