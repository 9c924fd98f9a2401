import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Layout } from './layout';

const HOUR_MS = 3_600_000;
export const DUMP_FILE = 'database.dump';

/** What of an installation's files cannot be made anew: its identity, its secrets, and the images. */
export function kept(layout: Layout): string[] {
  const names = ['installation.json', 'state.json', 'identity', 'secrets', 'registry'];
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

export async function unpack(file: string, dir: string): Promise<void> {
  await tar('--extract', '--preserve-permissions', `--file=${file}`, `--directory=${dir}`);
}

async function tar(...args: string[]): Promise<void> {
  await promisify(execFile)('tar', args, { timeout: HOUR_MS });
}
