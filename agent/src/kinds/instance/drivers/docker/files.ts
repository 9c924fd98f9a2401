import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { DriverError } from '../../../../core/driver-error';
import type { FileFacts } from '../../ports/file-driver';
import { call, messageOf, statusOf, unavailable } from '../docker-engine';

/** For the whole of an archive, in ms. */
const WRITE_TIMEOUT_MS = 15 * 60_000;
/** Bits of a mode as Go has it (io/fs.FileMode). */
const GO_MODE = { directory: 0x80000000, link: 0x08000000, kinds: 0x8f280000, permissions: 0o777 };

export async function statFile(
  container: Docker.Container,
  path: string,
  signal: AbortSignal,
): Promise<FileFacts> {
  const answer = await look(container, path, signal);
  answer.resume();
  const header = String(answer.headers['x-docker-container-path-stat'] ?? '');
  return factsOf(Buffer.from(header, 'base64').toString());
}

/** An answer to HEAD has no body, so Docker is asked for the file to learn why it refuses. */
async function look(
  container: Docker.Container,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const problem = (error: unknown) => fileProblem(error, path);
  try {
    const asked = (abortSignal: AbortSignal) => container.infoArchive({ path, abortSignal });
    return (await call(asked, problem, signal)) as IncomingMessage;
  } catch (error) {
    if (!(error instanceof DriverError) || error.reason !== 'FILES_REFUSED') throw error;
    const archive = (await call(() => container.getArchive({ path }), problem, signal)) as IncomingMessage;
    archive.destroy();
    throw error;
  }
}

/** @throws DriverError when it is not what Docker says of a file */
export function factsOf(json: string): FileFacts {
  try {
    const stat = JSON.parse(json) as Record<string, unknown>;
    const mode = Number(stat['mode']);
    const modified = Date.parse(String(stat['mtime']));
    return {
      name: String(stat['name']),
      kind: kindOf(mode),
      sizeBytes: BigInt(Number(stat['size'])),
      mode: Number(BigInt(mode) & BigInt(GO_MODE.permissions)),
      modifiedAt: modified > 0 ? new Date(modified) : undefined,
      linkTarget: String(stat['linkTarget'] ?? ''),
    };
  } catch (error) {
    throw unavailable(error);
  }
}

function kindOf(mode: number): FileFacts['kind'] {
  const has = (bits: number) => (BigInt(mode) & BigInt(bits)) !== 0n;
  if (has(GO_MODE.directory)) return 'directory';
  if (has(GO_MODE.link)) return 'link';
  return has(GO_MODE.kinds) ? 'other' : 'file';
}

export async function* readFiles(
  container: Docker.Container,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const archive = (await call(
    () => container.getArchive({ path }),
    (error) => fileProblem(error, path),
    signal,
  )) as IncomingMessage;
  const stop = () => archive.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    yield* archive as AsyncIterable<Buffer>;
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(error);
  } finally {
    signal.removeEventListener('abort', stop);
    archive.destroy();
  }
}

export async function writeFiles(
  container: Docker.Container,
  path: string,
  tar: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const body = tar instanceof Readable ? tar : Readable.from(tar, { objectMode: false });
  // The client does not end a call whose body breaks: the abort does, and what broke it is told.
  const broken = new AbortController();
  const breaks = (error: unknown) => broken.abort(error);
  body.on('error', breaks);
  if (body.errored) breaks(body.errored);
  try {
    await call(
      // Not over a file with a directory, nor the other way round.
      (abortSignal) => container.putArchive(body, { path, noOverwriteDirNonDir: 'true', abortSignal }),
      (error) => fileProblem(error, path),
      AbortSignal.any([signal, broken.signal]),
      WRITE_TIMEOUT_MS,
    );
  } finally {
    body.destroy();
  }
}

/** Docker follows a path through about so many parts, and says of a longer one that it has too many links. */
const MOST_PARTS = 250;

/** What Docker refused, for the caller. */
function fileProblem(error: unknown, path: string): DriverError {
  const said = messageOf(error);
  const status = statusOf(error);
  if (/^no such container/i.test(said)) return noFileSystem();
  const isDeep = path.split('/').filter(Boolean).length > MOST_PARTS;
  const hasManyLinks = /too many (levels of )?(symbolic ?|sym)?links/i.test(said);
  if (/file name too long/i.test(said) || (hasManyLinks && isDeep))
    return new DriverError('PATH_TOO_LONG', 'The path is too long.', false, { cause: error });
  if (hasManyLinks)
    return new DriverError('PATH_LOOPS', `${path} leads in a circle.`, false, { cause: error });
  if (/(^|[\s:(])link \S.* \S.*: no such file or directory/i.test(said))
    return new DriverError('LINK_TARGET_ABSENT', 'A hard link has no target.', false, { cause: error });
  if (status === 404 || /no such file or directory/i.test(said))
    return new DriverError('FILE_NOT_FOUND', `There is no ${path} in the instance.`, false, { cause: error });
  if (/not a directory|cannot overwrite|extraction point/i.test(said))
    return new DriverError(
      'NOT_A_DIRECTORY',
      `${path}, or something in it, is not of the kind that is needed.`,
      false,
      {
        cause: error,
      },
    );
  return new DriverError('FILES_REFUSED', 'The file system of the instance did not take it.', false, {
    cause: error,
  });
}

export const noFileSystem = () =>
  new DriverError('NO_FILE_SYSTEM', 'It has no file system on this host.', false);
