import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '@thecloud/kernel';
import type { EgressGuard, Logger } from '@thecloud/service-kit';
import { fetchedToLayout, refuseUnsuited } from './fetched-image';
import type { ImageLayout } from './image-layout';
import type { Blame } from './import.plan';
import { parseReference } from './reference';
import { saidBy } from './registry';
import type { Copied, Registry } from './registry';
import type { RegistryContents } from './registry-contents';
import { NO_ROOM, SourceRelay } from './source-relay';
import type { SpoolDisk, SpoolRoom } from './spool-disk';
import { unpackRoom } from './unpack-room';

/** What one import may take, in milliseconds. */
const IMPORT_MS = 10 * 60_000;
const TOO_LATE = `It had not arrived after ${IMPORT_MS / 60_000} minutes.`;

export interface ImportDeps {
  readonly registry: Registry;
  readonly contents: RegistryContents;
  readonly guard: EgressGuard;
  readonly limitMib: number;
  readonly unpackedLimitMib: number;
  readonly disk: Pick<SpoolDisk, 'share'>;
  /** Refuses an image of that size, by throwing, before it is pushed. See `refuseLargeEarly`. */
  readonly admit: (sizeBytes: bigint) => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  /** What one import may take, in milliseconds: ten minutes. */
  readonly importMs?: number;
}

export interface FailedImport {
  readonly blame: Blame;
  /** One of IMAGE_REASONS, or of the catalogue. */
  readonly reason: string;
  readonly message: string;
}

const OWN_AWAY: FailedImport = {
  blame: 'own',
  reason: 'REGISTRY_UNAVAILABLE',
  message: "The cloud's own registry takes no images right now.",
};

const NOT_STORED = "The image arrived, but the cloud's own registry did not store it.";

/**
 * Copies an image in from the registry that a tenant names, by way of the spool: what reaches the registry of the cloud
 * is an image that hosts can run. Throws only if `signal` aborts.
 */
export async function importImage(
  d: ImportDeps,
  source: string,
  imageId: string,
  signal: AbortSignal,
): Promise<Copied | FailedImport> {
  const reference = parseReference(source);
  if (!reference)
    return { blame: 'final', reason: 'IMPORT_FAILED', message: `${source} is not an image reference.` };
  const late = AbortSignal.timeout(d.importMs ?? IMPORT_MS);
  const both = AbortSignal.any([signal, late]);
  if (!(await d.contents.takesImages())) return OWN_AWAY;
  let relay: SourceRelay | undefined;
  let dir: string | undefined;
  let isFetched = false;
  try {
    const spool = (dir = d.registry.spool());
    return await d.disk.share(spool, async (room) => {
      relay = await SourceRelay.open(reference, { ...d, room, signal: both });
      const layout = await fetchChecked(d, relay.source, { dir: spool, room }, both);
      await d.admit(layout.layersBytes);
      isFetched = true;
      return d.registry.copyIn(`oci:${layout.dir}`, imageId, both);
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    if (late.aborted) return { blame: 'final', reason: 'IMPORT_TIMED_OUT', message: TOO_LATE };
    if (!(cause instanceof CloudError)) return unforeseen(d, imageId, cause);
    const failed = isFetched ? await pushFailed(d) : fetchFailed(relay, cause);
    if (failed.blame === 'unknown')
      d.log.warn({ err: cause, skopeo: saidBy(cause), image: imageId }, 'an import failed in skopeo');
    return failed;
  } finally {
    await relay?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  }
}

/** Looks at manifest and configuration before any layer is fetched. */
async function fetchChecked(
  { registry, unpackedLimitMib }: ImportDeps,
  source: string,
  { dir, room }: { dir: string; room: SpoolRoom },
  signal: AbortSignal,
): Promise<ImageLayout> {
  const manifest = await registry.inspect(source, 'manifest', signal);
  await refuseUnsuited(manifest, () => registry.inspect(source, 'config', signal));
  await registry.fetch(source, join(dir, 'fetched'), signal);
  const budget = unpackRoom(unpackedLimitMib, room);
  return fetchedToLayout(join(dir, 'fetched'), join(dir, 'layout'), budget, signal);
}

function fetchFailed(relay: SourceRelay | undefined, cause: CloudError): FailedImport {
  const { code, reason, message } = cause;
  // What it says is about the image itself, which came whole.
  if (code === 'INVALID_ARGUMENT' || isStorageLimit(cause)) return { blame: 'final', reason, message };
  if (reason === 'IMAGE_SPOOL_FULL') return { blame: 'own', reason: 'IMPORT_SPOOL_FULL', message: NO_ROOM };
  if (relay?.failure) {
    const { blame, reason: why, message: text } = relay.failure;
    return { blame, reason: why, message: text };
  }
  return { blame: 'unknown', reason: 'IMPORT_FAILED', message };
}

export const isStorageLimit = ({ reason }: CloudError): boolean =>
  reason === 'IMAGE_STORAGE_LIMIT' || reason === 'IMAGE_STORAGE_LIMIT_OF_PERSON';

/** The image is here and checked: what fails now is the registry of the cloud. */
async function pushFailed(d: ImportDeps): Promise<FailedImport> {
  if (!(await d.contents.takesImages())) return OWN_AWAY;
  return { blame: 'unknown', reason: 'REGISTRY_UNAVAILABLE', message: NOT_STORED };
}

function unforeseen({ log }: ImportDeps, image: string, err: unknown): FailedImport {
  log.warn({ err, image }, 'an import failed by a fault that is not foreseen');
  const message = 'The cloud failed to import it, by a fault of its own that its log describes.';
  return { blame: 'unknown', reason: 'IMPORT_FAILED', message };
}
