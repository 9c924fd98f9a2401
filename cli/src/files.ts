import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create, extract } from 'tar';
import type { ReadEntry } from 'tar';
import { CliError, exitCodes } from './exit-codes';
import { messageOf } from './thrown';

/** A tar archive of a file or directory here, under another name, whose entries belong to nobody in particular. */
export function packed(source: string, name: string): Readable {
  const [dir, base] = [dirname(resolve(source)), basename(resolve(source))];
  const archive = create(
    {
      cwd: dir,
      portable: true,
      onWriteEntry: (entry) => {
        entry.path = renamed(entry.path, base, name);
        entry.noMtime = false; // "portable" leaves out a directory's, which would be of 1970 then
      },
    },
    [`./${base}`],
  );
  return Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false });
}

/**
 * Unpacks an archive of one file or directory, whose own name becomes `name` if it is given. Nothing is written
 * outside `dir`: entries with "..", with an absolute path, or behind a link are not unpacked (tar sees to that).
 */
export async function unpackInto(
  dir: string,
  name: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const refused: string[] = [];
  await mkdir(dir, { recursive: true });
  const unpack = extract({
    cwd: dir,
    preservePaths: false,
    preserveOwner: false,
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      const root = /^[^/]+/.exec(entry.path)?.[0] ?? '';
      if (name === undefined) return;
      entry.path = renamed(entry.path, root, name);
      if (entry.type === 'Link') entry.linkpath = renamed(entry.linkpath ?? '', root, name);
    },
    filter: (path, entry) => {
      const type = 'type' in entry ? entry.type : 'File';
      // A hard link must point to what the archive itself brought.
      const outside = type === 'Link' && 'linkpath' in entry && leads(String(entry.linkpath));
      const fine = TYPES.includes(type) && !outside;
      if (!fine) refused.push(path);
      return fine;
    },
  });
  let refusal: unknown; // the cloud's, which says itself what is wrong
  const arriving = async function* () {
    try {
      yield* bytes;
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(arriving(), { objectMode: false }), unpack);
  } catch (error) {
    if (refusal) throw refusal;
    throw new CliError(exitCodes.unexpected, `Not all of it could be unpacked: ${messageOf(error)}`);
  }
  if (refused.length > 0)
    throw new CliError(
      exitCodes.unexpected,
      'What is no file, directory or link was left out:',
      undefined,
      refused,
    );
}

const TYPES = ['File', 'OldFile', 'ContiguousFile', 'Directory', 'Link', 'SymbolicLink'];

/** Out of the directory that it stands in. */
const leads = (path: string) => isAbsolute(path) || path.split('/').includes('..');

/** "etc/x" with "etc" as "conf" is "conf/x". */
function renamed(path: string, root: string, name: string): string {
  const plain = path.replace(/^\.\//, '');
  if (plain !== root && !plain.startsWith(`${root}/`)) return path;
  return `${name}${plain.slice(root.length)}`;
}
