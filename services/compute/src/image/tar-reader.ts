import type { FileHandle } from 'node:fs/promises';
import { errors } from '../errors';
import { parsePax } from './pax';
import type { PaxRecords } from './pax';
import { BLOCK, isZero, parseHeader } from './tar-header';
import type { TarHeader } from './tar-header';

/** A part of a file on disk. */
export interface Extent {
  readonly file: FileHandle;
  readonly at: number;
  readonly size: number;
}

/** An entry of a tarball, its long names and PAX records applied. */
export interface TarEntry extends TarHeader {
  readonly content: Extent;
  readonly pax: PaxRecords;
}

const WINDOW = 64 * 1024;
/** Of one long name or PAX header; Go's limit. */
const META_BYTES = 1024 * 1024;
const HEADER_ONLY = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * The entries of an unpacked tarball, read by position: contents are skipped, not read. Accepts what Go's archive/tar
 * does, because that is what hosts unpack with. Insists on the end marker, by whose absence a tarball shows that it was cut
 * between two entries, unless it is known to be `whole`. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID.
 */
export async function* readTar(tarball: Extent, whole = false): AsyncGenerator<TarEntry> {
  const blocks = new Blocks(tarball);
  let pax: PaxRecords = new Map();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; ;) {
    const block = await blocks.at(at);
    if (!block && whole) return;
    if (!block) throw invalid('it ends without an end marker, so it was cut short');
    if (isZero(block)) {
      const second = await blocks.at(at + BLOCK);
      if (second && !isZero(second)) throw invalid(`byte ${at + BLOCK} follows half an end marker`);
      return;
    }
    const header = parseHeader(block);
    if (!header) throw invalid(`there is no header where one should be, at byte ${at}`);
    const from = at + BLOCK;
    if ('xLK'.includes(header.type)) {
      const meta = await blocks.content(from, header.size);
      if (header.type === 'L') longName = textOf(meta);
      else if (header.type === 'K') longLink = textOf(meta);
      else pax = parsePax(meta) ?? refuse(`the extended header at byte ${at} is damaged`);
      at = from + padded(header.size);
      continue;
    }
    if (header.type === 'g' && !parsePax(await blocks.content(from, header.size)))
      throw invalid(`the global extended header at byte ${at} is damaged`);
    const entry = merged(header, pax, longName, longLink);
    if (from + entry.size > tarball.size) throw invalid(`it ends within ${shown(entry.name)}`);
    yield { ...entry, pax, content: { file: tarball.file, at: tarball.at + from, size: entry.size } };
    at = from + padded(entry.size);
    [pax, longName, longLink] = [new Map(), undefined, undefined];
  }
}

/** The content of an entry, whole. */
export async function contentOf({ file, at, size }: Extent): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, at);
  return buffer.subarray(0, bytesRead);
}

/** A name of a tarball, for people. */
export const shown = (name: string): string => {
  const text = Buffer.from(name, 'latin1').toString('utf8');
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
};

function merged(header: TarHeader, pax: PaxRecords, longName?: string, longLink?: string): TarHeader {
  const name = longName ?? pax.get('GNU.sparse.name') ?? pax.get('path') ?? header.name;
  const sized = Number(pax.get('size') ?? header.size);
  if (!Number.isSafeInteger(sized) || sized < 0) throw invalid(`${shown(name)} has an impossible size`);
  const plain = name.endsWith('/') ? '5' : '0';
  const type = header.type === '\0' ? plain : header.type;
  return {
    name,
    linkname: longLink ?? pax.get('linkpath') ?? header.linkname,
    type,
    size: HEADER_ONLY.has(type) ? 0 : sized,
  };
}

/** Reads ahead, so that small files cost no call each. */
class Blocks {
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(private readonly tarball: Extent) {}

  /** Undefined where the tarball ends. */
  async at(at: number): Promise<Buffer | undefined> {
    if (at >= this.tarball.size) return undefined;
    if (at < this.#start || at + BLOCK > this.#start + this.#window.length) {
      const size = Math.min(WINDOW, this.tarball.size - at);
      this.#window = await contentOf({ file: this.tarball.file, at: this.tarball.at + at, size });
      this.#start = at;
    }
    const block = this.#window.subarray(at - this.#start, at - this.#start + BLOCK);
    if (block.length < BLOCK) throw invalid('it ends within a header');
    return block;
  }

  async content(at: number, size: number): Promise<Buffer> {
    if (size > META_BYTES) throw invalid(`the extended header at byte ${at - BLOCK} is larger than 1 MiB`);
    if (at + size > this.tarball.size) throw invalid('it ends within an extended header');
    return contentOf({ file: this.tarball.file, at: this.tarball.at + at, size });
  }
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;
const textOf = (meta: Buffer) => meta.toString('latin1').replace(/\0.*$/s, '');
const invalid = (why: string) => errors.IMAGE_ARCHIVE_INVALID({ why });
const refuse = (why: string): never => {
  throw invalid(why);
};
