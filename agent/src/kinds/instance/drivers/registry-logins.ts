import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DriverError } from '../../../core/driver-error';
import type { LoginFor } from './image/docker';

const logins = z.record(z.string(), z.object({ username: z.string(), password: z.string() }));

/** Logins out of a JSON file by registry; no path: no logins. Errors never quote the file. */
export function loginsFrom(path: string): LoginFor {
  return async (registry) => {
    if (!path) return undefined;
    try {
      return logins.parse(JSON.parse(await readFile(path, 'utf8')))[registry];
    } catch {
      // The cause may quote the file, and so a password: only the path is told.
      const text = `This host's registry logins in ${path} cannot be read. Ask your operator to repair the file.`;
      throw new DriverError('REGISTRY_REFUSED', text, true);
    }
  };
}
