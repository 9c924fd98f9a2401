import { open, readdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const CURRENT = 'container.log';
/** Looks at a directory whose files are being renamed, until two in a row agree. */
const MOST_LOOKS = 20;

export interface LogFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  /** When it was opened. */
  readonly size: number;
}

/** All files of a log, oldest first, as they were at one moment: none is there twice or missing, whatever is renamed meanwhile. */
export async function openLogFiles(dir: string): Promise<LogFile[]> {
  for (let looks = 0; ; looks++) {
    const files = await openEach(dir);
    const after = await inodesOf(dir);
    if (files.length === after.length && files.every(({ inode }, i) => inode === after[i])) return files;
    await closeAll(files);
    if (looks === MOST_LOOKS) throw new Error('The log is rotated faster than its files can be opened');
  }
}

/** Is the program writing to another file by now? Then this one does not grow any more. */
export async function isRotated(dir: string, { inode }: LogFile): Promise<boolean> {
  const now = await stat(join(dir, CURRENT), { bigint: true }).catch(() => undefined);
  return now?.ino !== inode;
}

/**
 * The files that were begun after this one, oldest first. Where it is not there any more, all that are: what was
 * between is lost. Empty when the log has been removed.
 */
export async function openLaterFiles(dir: string, { inode }: LogFile): Promise<LogFile[]> {
  const files = await openLogFiles(dir);
  const at = files.findIndex((file) => file.inode === inode);
  await closeAll(files.slice(0, at + 1));
  return files.slice(at + 1);
}

export async function closeAll(files: readonly LogFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

async function openEach(dir: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const name of await namesOf(dir)) {
    const handle = await open(join(dir, name)).catch(absent);
    if (!handle) continue;
    const { ino: inode, size } = await handle.stat({ bigint: true });
    files.push({ handle, inode, size: Number(size) });
  }
  return files;
}

async function inodesOf(dir: string): Promise<bigint[]> {
  const inodes: bigint[] = [];
  for (const name of await namesOf(dir)) {
    const found = await stat(join(dir, name), { bigint: true }).catch(absent);
    if (found) inodes.push(found.ino);
  }
  return inodes;
}

/** "container.log.2", "container.log.1", "container.log". */
async function namesOf(dir: string): Promise<string[]> {
  const names = (await readdir(dir).catch(absent)) ?? [];
  const age = (name: string) => Number(/^container\.log(?:\.(\d+))?$/.exec(name)?.[1] ?? 0);
  const ours = names.filter((name) => name === CURRENT || /^container\.log\.\d+$/.test(name));
  return ours.sort((a, b) => age(b) - age(a));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
