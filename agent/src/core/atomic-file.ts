import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { askedBy, passing } from '@thecloud/kernel';

/**
 * Replaces a file so that a crash at any moment leaves the old or the new content, never a mixture; durable when it
 * returns. Readable by its owner only. Callers see to it that one file has one writer at a time. by: see `askedBy`.
 */
export async function writeDurably(path: string, content: string, by = askedBy(writeDurably)): Promise<void> {
  const temporary = `${path}.tmp`;
  passing('before file', by);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  passing('file written', by);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
  passing('after file', by);
}

export async function removeDurably(path: string, by = askedBy(removeDurably)): Promise<void> {
  passing('before file', by);
  await rm(path, { force: true });
  await syncDirectory(dirname(path));
  passing('after file', by);
}

/** Without it a rename may be forgotten when the power goes. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
