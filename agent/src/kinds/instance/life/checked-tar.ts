import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CloudError } from '@thecloud/kernel';
import { extract, pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { errors } from '../../../errors';

const TYPES: readonly string[] = ['file', 'contiguous-file', 'directory', 'link', 'symlink'];
/** Of what one archive unpacks to. */
const MOST_BYTES = 8 * 2 ** 30;
const MOST_ENTRIES = 1_000_000;

type CheckEntry = (header: Header) => void;

export interface CheckedTar {
  /** The same archive, written anew. @throws CloudError ARCHIVE_INVALID */
  readonly bytes: Readable;
  /** So far. */
  entries(): number;
}

/**
 * Lets through only what a tenant may unpack: whole entries of files, directories and links. Devices are refused: the
 * engine would make them with rights that the instance itself does not have.
 */
export function checkedTar(source: AsyncIterable<Buffer>, check: CheckEntry = () => undefined): CheckedTar {
  const bytes = new PassThrough();
  const closed = new AbortController();
  bytes.on('error', () => undefined); // its reader is told
  bytes.on('close', () => closed.abort());
  const counted = { entries: 0 };
  copyEntries(source, bytes, { counted, check }, closed.signal).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    const known = error instanceof CloudError;
    bytes.destroy(known ? error : errors.ARCHIVE_INVALID({ why: said.toLowerCase() }, error));
  });
  return { bytes, entries: () => counted.entries };
}

async function copyEntries(
  source: AsyncIterable<Buffer>,
  to: PassThrough,
  { counted, check }: { counted: { entries: number }; check: CheckEntry },
  signal: AbortSignal,
): Promise<void> {
  const entries = extract();
  const archive = pack();
  archive.on('error', () => undefined); // it is what we destroy
  archive.on('data', (piece: unknown) => {
    if (!to.write(piece)) archive.pause();
  });
  archive.on('end', () => to.end());
  to.on('drain', () => archive.resume());
  const feeding = pipeline(Readable.from(source, { objectMode: false }), entries, { signal });
  feeding.catch(() => undefined); // told by the loop, and behind it
  let bytes = 0;
  try {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      if (!TYPES.includes(type)) throw invalid(`${name} is no file, directory or link`);
      check(entry.header);
      bytes += size;
      if (++counted.entries > MOST_ENTRIES) throw invalid(`it has more than ${MOST_ENTRIES} entries`);
      if (bytes > MOST_BYTES) throw invalid('it is larger than 8 GiB');
      const isFile = type === 'file' || type === 'contiguous-file';
      const target = archive.entry({ ...entry.header, size: isFile ? size : 0 });
      for await (const piece of entry) if (!target.write(piece)) await once(target, 'drain', { signal });
      target.end(undefined);
    }
    await feeding;
    if (counted.entries === 0) throw invalid('it is empty, or no tar archive');
    archive.finalize();
  } catch (error) {
    archive.destroy();
    throw error;
  }
}

const invalid = (why: string) => errors.ARCHIVE_INVALID({ why });
