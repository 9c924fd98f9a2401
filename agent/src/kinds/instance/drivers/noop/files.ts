import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import type { Header } from 'tar-stream';
import { DriverError } from '../../../../core/driver-error';
import type { FileFacts } from '../../ports/file-driver';

type TarHeader = Partial<Header> & Pick<Header, 'name'>;

interface Node {
  readonly header: TarHeader;
  readonly data: Buffer;
}

const absent = (path: string) =>
  new DriverError('FILE_NOT_FOUND', `There is no ${path} in the instance.`, false);

const MOST_LINKS = 40;

/** A simulated file system: "/" and "/tmp", and what is unpacked there. Links are followed, as an engine does. */
export class NoopFiles {
  readonly #nodes = new Map<string, Node>(
    ['/', '/tmp'].map((path) => [
      path,
      { header: { name: path, type: 'directory', mode: 0o755, mtime: new Date() }, data: Buffer.alloc(0) },
    ]),
  );

  stat(path: string): FileFacts {
    const whole = posix.resolve(path);
    const at = posix.join(this.#follow(posix.dirname(whole)), posix.basename(whole));
    const { header, data } = this.#nodes.get(at) ?? fail(absent(path));
    const kinds = { file: 'file', directory: 'directory', symlink: 'link' } as const;
    return {
      name: posix.basename(at) || '/',
      kind: kinds[header.type as keyof typeof kinds] ?? 'other',
      sizeBytes: BigInt(data.length),
      mode: (header.mode ?? 0o644) & 0o777,
      modifiedAt: header.mtime,
      linkTarget: header.type === 'symlink' ? this.#follow(at) : '',
    };
  }

  async *read(path: string): AsyncGenerator<Buffer> {
    this.stat(path);
    const root = this.#follow(posix.dirname(posix.resolve(path)), posix.basename(path));
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
    const directory = this.#follow(path);
    if (this.stat(directory).kind !== 'directory')
      throw new DriverError('NOT_A_DIRECTORY', `${path} is no directory.`, false);
    const entries = extract();
    const feeding = pipeline(Readable.from(tar, { objectMode: false }), entries);
    feeding.catch(() => undefined); // told by the loop, and behind it
    for await (const entry of entries) {
      const pieces: Buffer[] = [];
      for await (const piece of entry as AsyncIterable<Buffer>) pieces.push(piece);
      const at = below(directory, entry.header.name);
      const node = { header: entry.header, data: Buffer.concat(pieces) };
      this.#nodes.set(at, entry.header.type === 'link' ? this.#linked(directory, entry.header) : node);
    }
    await feeding;
  }

  #linked(directory: string, { name, linkname }: TarHeader): Node {
    const target = this.#nodes.get(below(directory, linkname ?? ''));
    if (!target) throw new DriverError('LINK_TARGET_ABSENT', `${name} links to nothing.`, false);
    return { ...target, header: { ...target.header, name } };
  }

  /** Where a path leads; what is not there stays as it is. */
  #follow(path: string, last = ''): string {
    let links = 0;
    let at = '/';
    const parts = posix.resolve('/', path).split('/').filter(Boolean);
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const next = posix.join(at, part);
      const header = this.#nodes.get(next)?.header;
      if (header?.type !== 'symlink') {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) throw new DriverError('PATH_LOOPS', `${path} leads in a circle.`, false);
      parts.unshift(
        ...posix
          .resolve(at, header.linkname ?? '')
          .split('/')
          .filter(Boolean),
      );
      at = '/';
    }
    return posix.join(at, last);
  }
}

/** An entry's place: names do not climb. */
const below = (directory: string, name: string) => posix.resolve(directory, `.${posix.resolve('/', name)}`);

function fail(error: Error): never {
  throw error;
}
