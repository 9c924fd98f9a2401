import { posix } from 'node:path';
import { errors } from '../errors';
import { cleaned, FileTree } from './file-tree';
import type { Directory, Place } from './file-tree';
import { readTar, shown } from './tar-reader';
import type { Extent, TarEntry } from './tar-reader';
import { refuseBadAttributes } from './extended-attributes';
import { TimeSlices } from './time-slices';
import type { UnpackBudget } from './unpack-budget';

/** What one layer may hold, so that checking it needs a bounded amount of memory. */
const MAX_FILES = 500_000;
const MAX_NAME_BYTES = 64 * 1024 * 1024;

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

const REFUSED_TYPES: Record<string, string> = {
  7: 'a contiguous file',
  D: 'a directory list of an incremental backup (tar --listed-incremental)',
  M: 'a part of a multi-volume archive',
  N: 'a long name of an old GNU tar',
  S: 'a sparse file in the GNU format (use tar --format=posix, or leave out --sparse)',
  V: 'a volume label (tar --label)',
};

/**
 * Checks that hosts can unpack a layer: follows in memory what Docker (moby pkg/archive, overlay2) does with each entry.
 * INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID names the first entry that cannot be unpacked. Resolves to the number of
 * entries. A layer whose digest was checked is `whole`.
 */
export async function checkUnpackable(tarball: Extent, budget: UnpackBudget, whole = false): Promise<number> {
  const unpacking = new Unpacking(budget);
  const slices = new TimeSlices();
  let entries = 0;
  for await (const entry of readTar(tarball, whole)) {
    budget.startEntry();
    unpacking.add(entry);
    entries += 1;
    if (slices.isOver()) await slices.next();
  }
  for (const path of unpacking.directories()) {
    budget.startEntry();
    unpacking.end(path);
    if (slices.isOver()) await slices.next();
  }
  return entries;
}

class Unpacking {
  readonly #tree: FileTree;
  readonly #names = new Set<string>();
  readonly #directories = new Set<string>();
  #files = 0;
  #nameBytes = 0;

  constructor(private readonly budget: UnpackBudget) {
    this.#tree = new FileTree(() => budget.spendStep());
  }

  add(entry: TarEntry): void {
    this.#countName(entry.name);
    this.#refuseDuplicate(entry.name);
    if (entry.type === 'g') return;
    const path = cleaned(entry.name);
    this.#makeParents(posix.dirname(path), entry);
    const there = this.#tree.look(path);
    if (typeof there === 'object' && there.node) {
      if (there.node.kind === 'directory' && normal(entry.name) === '.') return;
      if (there.node.kind !== 'directory' || entry.type !== '5') this.#remove(there, entry);
    }
    if (!this.#whiteout(path, entry)) this.#create(path, entry);
  }

  directories(): Iterable<string> {
    return this.#directories;
  }

  /** The times of directories are set last, by their paths. */
  end(path: string): void {
    const there = this.#tree.follow(path);
    if (typeof there === 'string' || !there.node)
      throw invalid(`the directory ${shown(path)} is replaced by another entry`);
  }

  #countName(name: string): void {
    this.#nameBytes += name.length;
    if (this.#nameBytes > MAX_NAME_BYTES) throw invalid('its file names take more than 64 MiB');
  }

  #refuseDuplicate(name: string): void {
    const clean = normal(name);
    if (this.#names.has(clean)) throw invalid(`it holds ${shown(name)} more than once`);
    this.#names.add(clean);
  }

  #makeParents(path: string, entry: TarEntry): void {
    const there = this.#tree.look(path);
    if (there !== 'ENOENT' && !isAbsent(there)) return;
    const error = this.#tree.makeDirectories(path, (place) => {
      const made = newDirectory();
      this.#put(place, made);
      return made;
    });
    if (error) throw cannot(entry, error);
  }

  #remove({ parent, name }: Place, entry: TarEntry): void {
    if (name === '') throw invalid(`${shown(entry.name)} would replace the root directory`);
    parent.children.delete(name);
  }

  /** Whether the entry was a whiteout, which hides a file of the layers below. */
  #whiteout(path: string, entry: TarEntry): boolean {
    const base = posix.basename(path);
    const directory = posix.dirname(path);
    if (base === OPAQUE) {
      const there = this.#tree.follow(directory);
      if (typeof there === 'string' || !there.node) throw cannot(entry, 'ENOENT');
      return true;
    }
    if (!base.startsWith(WHITEOUT)) return false;
    const hidden = posix.join(directory, base.slice(WHITEOUT.length));
    const there = this.#tree.look(hidden);
    if (typeof there === 'string') throw cannot(entry, there);
    if (there.node)
      throw invalid(`${shown(entry.name)} hides ${shown(hidden)} (a whiteout), which the layer itself holds`);
    this.#put(there, { kind: 'file' });
    return true;
  }

  #create(path: string, entry: TarEntry): void {
    const { type, linkname, name } = entry;
    if (!'0123456'.includes(type))
      throw invalid(`${shown(name)} is ${REFUSED_TYPES[type] ?? `of the unknown type ${shown(type)}`}`);
    refuseBadAttributes(entry);
    if (type === '5') this.#directories.add(path);
    const there = this.#tree.look(path);
    if (typeof there === 'string') throw cannot(entry, there);
    if (there.node) return; // a directory over a directory
    if (type === '1') this.#link(there, entry);
    else if (type === '2') {
      if (linkname === '' || linkname.length > 4095)
        throw invalid(`the symbolic link ${shown(name)} has ${linkname ? 'too long a' : 'no'} target`);
      this.#put(there, { kind: 'symlink', target: linkname });
    } else this.#put(there, type === '5' ? newDirectory() : { kind: 'file' });
  }

  #link(there: Place, { name, linkname }: TarEntry): void {
    const target = this.#tree.look(cleaned(linkname));
    if (typeof target === 'string' || !target.node)
      throw invalid(
        `the hard link ${shown(name)} leads to ${shown(linkname)}, which no entry before it makes`,
      );
    if (target.node.kind === 'directory')
      throw invalid(`the hard link ${shown(name)} leads to the directory ${shown(linkname)}`);
    this.#put(there, target.node);
  }

  #put({ parent, name }: Place, node: NonNullable<Place['node']>): void {
    this.budget.spendFile();
    this.#files += 1;
    if (this.#files > MAX_FILES) throw invalid(`a layer of it holds more than ${MAX_FILES} files`);
    parent.children.set(name, node);
  }
}

const newDirectory = (): Directory => ({ kind: 'directory', children: new Map() });
const isAbsent = (there: Place | string): boolean => typeof there === 'object' && !there.node;
/** As Go's filepath.Clean: "./a", "a/" and "a" are one name, "/a" is another. */
const normal = (name: string): string => posix.normalize(name || '.').replace(/(.)\/$/, '$1');
const invalid = (why: string) => errors.IMAGE_ARCHIVE_INVALID({ why });

const WHY = {
  ENOENT: 'its directory is a symbolic link that leads nowhere',
  ENOTDIR: 'what its path goes through is no directory',
  ELOOP: 'its path goes through a loop of symbolic links',
  ENAMETOOLONG: 'its path has more than 4095 bytes, or a part of more than 255',
};
const cannot = (entry: TarEntry, error: keyof typeof WHY) =>
  invalid(`${shown(entry.name)} cannot be made: ${WHY[error]}`);
