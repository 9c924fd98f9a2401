import { posix } from 'node:path';
import { errors } from '../../../errors';
import { DriverError } from '../../../core/driver-error';
import type { FileDriver } from '../ports/file-driver';

/** Mounted over every instance's file system. What an engine copies goes to or comes from the directory beneath. */
const MOUNTS = ['/proc', '/sys', '/dev'];

/** The mount that a path without links is in, or is. */
const mountOf = (path: string) => MOUNTS.find((mount) => path === mount || path.startsWith(`${mount}/`));

/** @param name What the caller calls it, when it has links on the way. @throws CloudError PATH_NOT_KEPT */
export function refuseMounted(path: string, name = path): void {
  const mount = mountOf(path);
  if (mount) throw errors.PATH_NOT_KEPT({ path: name, mount });
}

/** The same of an archive's entry; the mount's own directory is in every root file system, and means nothing. */
export function refuseMountedEntry(directory: string, name: string): void {
  const path = posix.resolve(directory, `.${posix.resolve('/', name)}`);
  if (!MOUNTS.includes(path)) refuseMounted(path);
}

/**
 * A path with the links of an instance followed, as far as there is anything; the rest stays as it is. Each link is told
 * with where it leads in the end, so that one look at each part is enough.
 */
export async function followed(
  driver: Pick<FileDriver, 'statFile'>,
  id: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  let at = '/';
  for (const part of posix.resolve('/', path).split('/').filter(Boolean)) {
    const next = posix.join(at, part);
    if (mountOf(next)) return posix.resolve('/', path.startsWith(next) ? path : next);
    try {
      const { kind, linkTarget } = await driver.statFile(id, next, signal);
      at = kind === 'link' ? posix.resolve(at, linkTarget) : next;
    } catch (error) {
      if (!(error instanceof DriverError) || error.reason !== 'FILE_NOT_FOUND') throw error;
      at = next;
    }
  }
  return at;
}
