import { posix } from 'node:path';
import type { Header } from 'tar-stream';
import { errors } from '../../../errors';
import { DriverError } from '../../../core/driver-error';
import type { FileDriver } from '../ports/file-driver';
import { refuseMounted, refuseMountedEntry } from './kept-path';

/** Directories that an archive has entries in without naming them. Each costs a call to the engine. */
const MOST_UNNAMED = 1_000;
/** Of the names that are remembered of one archive, in characters. */
const MOST_REMEMBERED = 64 * 2 ** 20;

/**
 * Where the entries of an archive end up. A name alone tells when a directory of the archive is unpacked as one: engines
 * refuse to put it over a link. Any other directory on the way may be a link, of the instance or of the archive itself.
 * An engine lets nobody look while it unpacks, so that those are looked at afterwards.
 */
export class KeptEntries {
  readonly #named = new Set<string>();
  readonly #used = new Set<string>();
  #unnamed = 0;
  #remembered = 0;

  /** `directory`: where it is unpacked, without links on the way. */
  constructor(private readonly directory: string) {}

  /** @throws CloudError PATH_NOT_KEPT, ARCHIVE_INVALID */
  see({ name, type }: Pick<Header, 'name' | 'type'>): void {
    refuseMountedEntry(this.directory, name);
    const path = posix.resolve(this.directory, `.${posix.resolve('/', name)}`);
    for (let at = posix.dirname(path); this.#isBelow(at) && !this.#used.has(at); at = posix.dirname(at)) {
      this.#remember(this.#used, at);
      if (this.#named.has(at)) continue;
      if (++this.#unnamed > MOST_UNNAMED)
        throw errors.ARCHIVE_INVALID({
          why: `it has files in more than ${MOST_UNNAMED} directories that are no entries of it; pack the directories, too`,
        });
    }
    if (type !== 'directory' || this.#named.has(path) || !this.#isBelow(path)) return;
    this.#remember(this.#named, path);
    if (this.#used.has(path)) this.#unnamed -= 1;
  }

  /** After it was unpacked. @throws CloudError PATH_NOT_KEPT, DriverError */
  async check(driver: Pick<FileDriver, 'statFile'>, id: string, signal: AbortSignal): Promise<void> {
    const places = new Map<string, string>();
    for (const path of [...this.#used].sort((a, b) => a.length - b.length)) {
      const parent = posix.dirname(path);
      const place = posix.join(places.get(parent) ?? parent, posix.basename(path));
      const leads = this.#named.has(path) ? place : await placeOf(driver, id, place, signal);
      refuseMounted(leads, path);
      places.set(path, leads);
    }
  }

  #isBelow(path: string): boolean {
    return path.length > this.directory.length && path !== '/';
  }

  #remember(set: Set<string>, path: string): void {
    set.add(path);
    this.#remembered += path.length;
    if (this.#remembered > MOST_REMEMBERED)
      throw errors.ARCHIVE_INVALID({ why: 'the names of its directories are longer than 64 MiB together' });
  }
}

/** Where a path leads, with no link before its last part. */
async function placeOf(
  driver: Pick<FileDriver, 'statFile'>,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  refuseMounted(path);
  try {
    const { kind, linkTarget } = await driver.statFile(id, path, signal);
    return kind === 'link' ? posix.resolve(posix.dirname(path), linkTarget) : path;
  } catch (error) {
    if (error instanceof DriverError && error.reason === 'FILE_NOT_FOUND') return path; // removed meanwhile
    throw error;
  }
}
