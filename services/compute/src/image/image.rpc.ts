import { computeV1 } from '@thecloud/api';
import { invalidFields, newId } from '@thecloud/kernel';
import { cutPage, implement, pageOf, projectOf, scopeOf, watch, watchOne } from '@thecloud/service-kit';
import type { EgressGuard, Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { copyImage } from './copy-image';
import type { CopyDeps } from './copy-image';
import { deleteImage } from './delete-image';
import { shownTo } from './image.mapping';
import { imageRepo } from './image.repo';
import type { ImageFilter } from './image.repo';
import { refuseFull } from './image-quota';
import { imageUsageRepo } from './image-usage.repo';
import type { ImageRow } from './image.schema';
import { parseReference } from './reference';
import { ownerIn } from './refuse-early';
import { shareImage } from './share-image';
import { uploadImage } from './upload-image';
import type { UploadDeps } from './upload-image';
import type { NewImage } from './record-image';
import { watchedImages } from './watch-images';

export interface ImageDeps extends CopyDeps, UploadDeps {
  readonly guard: EgressGuard;
  readonly changed: (tx: Tx, row: ImageRow, state?: string) => void;
  /** How many instances of all projects stand on it. */
  readonly usedBy: (tx: Tx, imageId: string) => Promise<number>;
}

/** Handlers of ImageService. */
export function imageRpc(f: Foundation, d: ImageDeps) {
  const insert = async (
    tx: Tx,
    ctx: RequestContext,
    row: Pick<ImageRow, 'id' | 'name' | 'labels' | 'state'> & Partial<ImageRow>,
  ) => {
    const owner = ownerIn(ctx);
    const about = { kind: 'image.create', resource: { ...row, ...owner }, step: 'import' };
    const operationId = await f.operations.begin(tx, ctx, about);
    await imageUsageRepo.lock(tx, owner);
    refuseFull(await imageUsageRepo.of(tx, owner), d.quota, row.sizeBytes);
    const made = await imageRepo.insert(tx, { ...row, ...owner, operationId });
    d.changed(tx, made);
    return made;
  };

  /** An image that is in the registry already. */
  const insertReady = async (tx: Tx, ctx: RequestContext, row: NewImage) => {
    const made = await insert(tx, ctx, { ...row, state: 'ready', readyAt: new Date() });
    await f.operations.succeed(tx, made.operationId);
    return shownTo(ctx, made);
  };

  const share = (ctx: RequestContext, wanted: { id: string; shared: boolean }) =>
    f.mutate(ctx, computeV1.Image, async (tx) =>
      shownTo(ctx, await shareImage(f, d.changed, tx, ctx, wanted)),
    );

  return implement<computeV1.ImageServiceServer>(computeV1.ImageServiceService, {
    createImage: (ctx, { name, labels, spec }) =>
      f.mutate(ctx, computeV1.Image, async (tx) => {
        const source = spec?.source ?? '';
        checkSource(d, source);
        const row = await insert(tx, ctx, {
          id: newId('image'),
          name,
          labels,
          source,
          state: 'importing',
        });
        await f.work.enqueue(tx, 'image', row.id);
        return shownTo(ctx, row);
      }),
    uploadImage: (ctx, requests) => uploadImage(f, d, ctx, requests, (tx, row) => insertReady(tx, ctx, row)),
    copyImage: (ctx, request) => copyImage(f, d, ctx, request, (tx, row) => insertReady(tx, ctx, row)),
    getImage: async (ctx, { id }) => {
      const row = await f.db.read(scopeOf(ctx), (tx) => imageRepo.find(tx, id));
      if (!row) throw errors.IMAGE_NOT_FOUND({ id });
      return shownTo(ctx, row);
    },
    listImages: async (ctx, request) => {
      const page = pageOf(request);
      const cut = cutPage(
        await f.db.read(scopeOf(ctx), (tx) => imageRepo.list(tx, projectOf(ctx), filterOf(request), page)),
        page,
      );
      return { images: cut.rows.map((row) => shownTo(ctx, row)), nextPageToken: cut.nextPageToken };
    },
    watchImage: async function* (ctx, { id }) {
      const missing = () => errors.IMAGE_NOT_FOUND({ id });
      for await (const { row, gone } of watchOne(f.changes, ctx, watchedImages(f, ctx), id, missing))
        yield shownTo(ctx, row, gone);
    },
    watchImages: async function* (ctx, request) {
      for await (const { row, gone } of watch(f.changes, ctx, watchedImages(f, ctx, filterOf(request))))
        yield shownTo(ctx, row, gone);
    },
    deleteImage: (ctx, { id }) =>
      f.mutate(ctx, computeV1.Image, async (tx) =>
        shownTo(ctx, await deleteImage({ ...f, ...d }, tx, ctx, id)),
      ),
    shareImage: (ctx, { id }) => share(ctx, { id, shared: true }),
    unshareImage: (ctx, { id }) => share(ctx, { id, shared: false }),
  });
}

function filterOf(
  request: Pick<computeV1.WatchImagesRequest, 'name' | 'namePrefix' | 'state' | 'label' | 'shared'>,
): ImageFilter {
  const { name, namePrefix, state, label, shared } = request;
  return { name, namePrefix, state, shared, label };
}

/** What is wrong with a source by its looks. Names are resolved when it is imported. */
function checkSource({ registry, guard }: ImageDeps, source: string): void {
  if (!source) throw invalidFields([{ field: 'spec.source', description: 'is required' }]);
  const reference = parseReference(source);
  if (!reference)
    throw invalidFields([
      { field: 'spec.source', description: 'is not an image reference such as docker.io/library/nginx:1.27' },
    ]);
  if (registry.isOwn(reference.registry)) throw errors.IMAGE_SOURCE_REFUSED({ source });
  const [, host = '', port = '443'] = /^(.*?)(?::(\d+))?$/.exec(reference.registry) ?? [];
  if (guard.refuses(host, Number(port))) throw errors.IMAGE_SOURCE_NOT_PUBLIC({ source });
}
