import { open, rm } from 'node:fs/promises';
import { usageError } from './exit-codes';
import { messageOf } from './thrown';

/**
 * Makes something secret and puts it into a new file that only its owner may read. The file is made first:
 * a secret that is shown once must not be made when there is no place to keep it.
 */
export async function keepSecret<T>(
  path: string,
  make: () => Promise<T>,
  secretOf: (made: T) => string,
): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw usageError(`${path} cannot be made: ${messageOf(error)}`, 'Name a file that does not exist yet.');
  });
  try {
    const made = await make();
    await file.writeFile(`${secretOf(made)}\n`);
    await file.sync();
    return made;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
