import { errors } from '../errors';
import { jsonOf, textOf } from './archive-index';
import { dockerManifest } from './docker-archive';
import { isOciLayout, ociIndex } from './oci-archive';
import { readTar } from './tar-reader';
import type { Extent } from './tar-reader';

/** What a tarball is: what `docker save` writes, an OCI archive, or simply a root file system. */
export type ArchiveKind = 'docker-archive' | 'oci-archive' | 'root-filesystem';

const DOCUMENTS = ['manifest.json', 'oci-layout', 'index.json'];
/** A larger one lists no images. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Looks into an unpacked tarball. Many a root file system has a /manifest.json, and some an /oci-layout: their contents
 * decide. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID: it is no tarball, is cut short, or is empty.
 */
export async function archiveKind(tarball: Extent): Promise<ArchiveKind> {
  const found = new Map<string, unknown>();
  let entries = 0;
  for await (const { name, type, content } of readTar(tarball)) {
    entries += 1;
    const document = name.replace(/^(\.?\/)+/, '');
    if (DOCUMENTS.includes(document) && type === '0' && content.size <= MAX_BYTES)
      found.set(document, jsonOf(await textOf(content, document)));
  }
  if (entries === 0) throw errors.IMAGE_ARCHIVE_INVALID({ why: 'it holds no files' });
  if (dockerManifest(found.get('manifest.json'))) return 'docker-archive';
  const isOci = isOciLayout(found.get('oci-layout')) && ociIndex(found.get('index.json'));
  return isOci ? 'oci-archive' : 'root-filesystem';
}
