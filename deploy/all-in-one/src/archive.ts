import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INSTALLATION_FILE, type Layout } from './layout';

const HOUR_MS = 3_600_000;
export const DUMP_FILE = 'database.dump';

/** What of an installation's files cannot be made anew: its identity, its secrets, and the images. */
export function kept(layout: Layout): string[] {
  const names = [INSTALLATION_FILE, 'state.json', 'settings.json', 'identity', 'secrets', 'registry'];
  return names.filter((name) => existsSync(join(layout.home, name)));
}

/** One tar file of named things in several directories. */
export async function pack(
  file: string,
  parts: ReadonlyArray<{ dir: string; names: readonly string[] }>,
): Promise<void> {
  await tar(
    '--create',
    `--file=${file}`,
    ...parts.flatMap(({ dir, names }) => [`--directory=${dir}`, ...names]),
  );
}

/** All but these files. */
export async function unpack(file: string, dir: string, except: readonly string[]): Promise<void> {
  const left = except.map((name) => `--exclude=${name}`);
  await tar('--extract', '--preserve-permissions', `--file=${file}`, `--directory=${dir}`, ...left);
}

/** The text of one file of the archive; undefined: it has none of that name. */
export async function readPacked(file: string, name: string): Promise<string | undefined> {
  try {
    return (await tar('--extract', '--to-stdout', `--file=${file}`, name)).stdout;
  } catch {
    return undefined; // no archive, or no such file in it
  }
}

function tar(...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)('tar', args, { timeout: HOUR_MS });
}
