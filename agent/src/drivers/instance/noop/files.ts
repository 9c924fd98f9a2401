import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { DriverError } from '../../../ports/driver-error';
import type { FileFacts } from '../../../ports/file-driver';

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

interface Node {
  readonly header: TarHeader;
  readonly data: Buffer;
}

const absent = (path: string) =>
  new DriverError('FILE_NOT_FOUND', `There is no ${path} in the instance.`, false);

/** A simulated file system: "/" and "/tmp", and what is unpacked there. */
export class NoopFiles {
  readonly #nodes = new Map<string, Node>(
    ['/', '/tmp'].map((path) => [
      path,
      { header: { name: path, type: 'directory', mode: 0o755, mtime: new Date() }, data: Buffer.alloc(0) },
    ]),
  );

  stat(path: string): FileFacts {
    const at = posix.resolve(path);
    const { header, data } = this.#nodes.get(at) ?? fail(absent(path));
    const kinds = { file: 'file', directory: 'directory', symlink: 'link' } as const;
    return {
      name: posix.basename(at) || '/',
      kind: kinds[header.type as keyof typeof kinds] ?? 'other',
      sizeBytes: BigInt(data.length),
      mode: (header.mode ?? 0o644) & 0o777,
      modifiedAt: header.mtime,
      linkTarget: header.linkname ?? '',
    };
  }

  async *read(path: string): AsyncGenerator<Buffer> {
    const root = posix.resolve(path);
    this.stat(root);
    const archive = pack();
    const parent = posix.dirname(root);
    for (const [at, { header, data }] of [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (at !== root && !at.startsWith(root === '/' ? '/' : `${root}/`)) continue;
      const name = posix.relative(parent, at) || '.';
      archive.entry({ ...header, name, size: data.length }, data);
    }
    archive.finalize();
    yield* archive as AsyncIterable<Buffer>;
  }

  async write(path: string, tar: AsyncIterable<Buffer>): Promise<void> {
    if (this.stat(path).kind !== 'directory')
      throw new DriverError('NOT_A_DIRECTORY', `${path} is no directory.`, false);
    const entries = extract();
    const feeding = pipeline(Readable.from(tar, { objectMode: false }), entries);
    feeding.catch(() => undefined); // told by the loop, and behind it
    for await (const entry of entries) {
      const pieces: Buffer[] = [];
      for await (const piece of entry as AsyncIterable<Buffer>) pieces.push(piece);
      const at = posix.resolve(path, `.${posix.resolve('/', entry.header.name)}`);
      this.#nodes.set(at, { header: entry.header, data: Buffer.concat(pieces) });
    }
    await feeding;
  }
}

function fail(error: Error): never {
  throw error;
}
