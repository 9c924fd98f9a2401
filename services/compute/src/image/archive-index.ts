import { posix } from 'node:path';
import { errors } from '../errors';
import { contentOf, readTar, shown } from './tar-reader';
import type { Extent, TarEntry } from './tar-reader';

/** An archive of an image has a few files a layer; more is no such archive. */
const MAX_ENTRIES = 20_000;
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const MAX_LINKS = 10;

/** The files of an archive of an image by name, "./" before it or not. */
export class ArchiveIndex {
  readonly #entries = new Map<string, TarEntry>();

  static async of(tarball: Extent): Promise<ArchiveIndex> {
    const index = new ArchiveIndex();
    for await (const entry of readTar(tarball)) {
      index.#entries.set(normal(entry.name), entry);
      if (index.#entries.size > MAX_ENTRIES)
        throw errors.IMAGE_ARCHIVE_INVALID({ why: `it holds more than ${MAX_ENTRIES} files` });
    }
    return index;
  }

  /** Links are followed: `docker save` writes them for layers that are equal. */
  file(name: string): Extent {
    let at = normal(name);
    for (let links = 0; links < MAX_LINKS; links += 1) {
      const entry = this.#entries.get(at);
      if (entry?.type === '2') at = normal(posix.join(posix.dirname(at), entry.linkname));
      else if (entry?.type === '1') at = normal(entry.linkname);
      else if (entry && (entry.type === '0' || entry.type === '7')) return entry.content;
      else break;
    }
    throw errors.IMAGE_ARCHIVE_INVALID({ why: `it lacks the file ${shown(name)}, which it refers to` });
  }

  text(name: string): Promise<string> {
    return textOf(this.file(name), name);
  }
}

/** A small file of an archive: documents, not layers. */
export async function textOf(file: Extent, name: string): Promise<string> {
  if (file.size > MAX_JSON_BYTES)
    throw errors.IMAGE_ARCHIVE_INVALID({ why: `${shown(name)} is larger than ${MAX_JSON_BYTES >> 20} MiB` });
  return (await contentOf(file)).toString('utf8');
}

/** Undefined for text that is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const normal = (name: string) => posix.normalize(name).replace(/^\//, '').replace(/\/$/, '');
