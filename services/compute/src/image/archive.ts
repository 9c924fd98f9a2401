import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { errors } from '../errors';

/** What a tarball is: what `docker save` writes, an OCI archive, or simply a root file system. */
export interface Archive {
  readonly kind: 'docker-archive' | 'oci-archive' | 'root-filesystem';
  readonly gzipped: boolean;
}

/** Looks into a tarball. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID: it is none, is cut short, or is empty. */
export async function inspectArchive(path: string): Promise<Archive> {
  const gzipped = await isGzip(path);
  const names = new Set<string>();
  let entries = 0;
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    entries += 1;
    if (names.size < 2 && /^(\.\/)?(manifest\.json|oci-layout)$/.test(header.name))
      names.add(header.name.replace('./', ''));
    stream.on('end', next);
    stream.resume();
  });
  try {
    await pipeline([createReadStream(path), ...(gzipped ? [createGunzip()] : []), reader]);
  } catch (cause) {
    throw errors.IMAGE_ARCHIVE_INVALID({ why: (cause as Error).message }, cause);
  }
  if (entries === 0) throw errors.IMAGE_ARCHIVE_INVALID({ why: 'it holds no files' });
  if (names.has('manifest.json')) return { kind: 'docker-archive', gzipped };
  return { kind: names.has('oci-layout') ? 'oci-archive' : 'root-filesystem', gzipped };
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
