import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { computeV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import { errors } from '../errors';
import { paced } from './paced';
import type { PaceLimits } from './paced';
import { refuseNeverFits } from './spool-disk';
import type { SpoolRoom } from './spool-disk';

type Head = Pick<computeV1.UploadImageRequest, 'name' | 'labels' | 'command'>;

export interface ReceiveLimits {
  readonly limitMib: number;
  readonly pace: PaceLimits;
  readonly room: SpoolRoom;
}

/** An upload that has arrived. */
export interface Upload extends Head {
  /** SHA-256 of everything that was sent: two uploads are one request if and only if it is the same. */
  readonly requestHash: string;
}

/**
 * Writes an upload into a file. `admit` sees its first message before any of its bytes are kept, and refuses it by
 * throwing. INVALID_ARGUMENT: it has no name, is empty, is larger than the limit, or comes too slowly.
 * It is larger than an empty disk has room for. RESOURCE_EXHAUSTED: the disk has no room now.
 */
export async function receiveUpload(
  path: string,
  { limitMib, room, pace }: ReceiveLimits,
  requests: AsyncIterable<computeV1.UploadImageRequest>,
  admit: (head: Head) => Promise<void>,
): Promise<Upload> {
  const file = await open(path, 'wx', 0o600);
  const limitBytes = limitMib * 1024 * 1024;
  const hash = createHash('sha256');
  let head: Head | undefined;
  let bytes = 0;
  try {
    for await (const request of paced(requests, pace)) {
      if (!head) {
        if (!request.name) throw invalidFields([{ field: 'name', description: 'is required' }]);
        head = { name: request.name, labels: request.labels, command: request.command };
        await admit(head);
      }
      bytes += request.chunk.length;
      if (bytes > limitBytes) throw errors.IMAGE_TOO_LARGE({ limitMib: String(limitMib) });
      refuseNeverFits(room, bytes);
      if (bytes > room.bytes) {
        if (limitBytes <= room.mostBytes) throw errors.IMAGE_SPOOL_FULL({});
        continue; // The rest is counted and not kept: it may be more than an empty disk has room for.
      }
      hash.update(request.chunk);
      await file.writeFile(request.chunk);
    }
  } finally {
    await file.close();
  }
  if (!head || bytes === 0) throw errors.IMAGE_ARCHIVE_INVALID({ why: 'it is empty' });
  if (bytes > room.bytes) throw errors.IMAGE_SPOOL_FULL({});
  const { name, labels, command } = head;
  const said = JSON.stringify([name, Object.entries(labels).sort(), command, hash.digest('hex')]);
  return { ...head, requestHash: createHash('sha256').update(said).digest('hex') };
}
