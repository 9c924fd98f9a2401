import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { computeV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import { errors } from '../errors';
import { inspectArchive } from './archive';
import type { Copied, Registry } from './registry';
import { rootFilesystemToOci } from './root-filesystem';

export interface Upload extends Copied {
  readonly name: string;
  readonly labels: Record<string, string>;
}

/**
 * Takes an upload in and copies it to the registry under the image's id. Nothing is recorded yet: a crash here leaves
 * at most layers in the registry that no image names. The spool is emptied whatever happens.
 */
export async function receiveUpload(
  registry: Registry,
  imageId: string,
  limitMib: number,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  signal: AbortSignal,
): Promise<Upload> {
  const dir = registry.spool();
  try {
    const tarball = join(dir, 'upload.tar');
    const first = await writeSpool(tarball, limitMib, requests);
    const { kind, gzipped } = await inspectArchive(tarball);
    if (kind !== 'root-filesystem')
      return { ...first, ...(await registry.copyIn(`${kind}:${tarball}`, imageId, signal)) };
    const layout = join(dir, 'oci');
    await rootFilesystemToOci(tarball, gzipped, first.command, layout);
    return { ...first, ...(await registry.copyIn(`oci:${layout}`, imageId, signal)) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function writeSpool(
  path: string,
  limitMib: number,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
): Promise<Pick<computeV1.UploadImageRequest, 'name' | 'labels' | 'command'>> {
  const file = await open(path, 'wx', 0o600);
  let first: computeV1.UploadImageRequest | undefined;
  let bytes = 0;
  try {
    for await (const request of requests) {
      first ??= named(request);
      bytes += request.chunk.length;
      if (bytes > limitMib * 1024 * 1024) throw errors.IMAGE_TOO_LARGE({ limitMib: String(limitMib) });
      await file.write(request.chunk);
    }
  } finally {
    await file.close();
  }
  if (!first || bytes === 0) throw errors.IMAGE_ARCHIVE_INVALID({ why: 'it is empty' });
  return first;
}

function named(request: computeV1.UploadImageRequest): computeV1.UploadImageRequest {
  if (!request.name) throw invalidFields([{ field: 'name', description: 'is required' }]);
  return request;
}
