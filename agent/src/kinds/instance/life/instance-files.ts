import type { agentV1 } from '@thecloud/api';
import { CloudError, invalidFields } from '@thecloud/kernel';
import type { Logger } from '@thecloud/service-kit';
import { errors } from '../../../errors';
import { DriverError } from '../../../core/driver-error';
import type { FileDriver, FileFacts } from '../ports/file-driver';
import type { InstanceDriver } from '../ports/instance-driver';
import { checkedTar } from './checked-tar';
import { KeptEntries } from './kept-entries';
import { followed, refuseMounted } from './kept-path';
import type { Caller } from './caller';
import type { StreamLimits } from './stream-limits';

const CHUNK_BYTES = 64 * 1024;

export interface FilesDeps {
  /** The driver that has it. */
  driverOf(id: string): InstanceDriver & Partial<FileDriver>;
  readonly limits: StreamLimits;
  readonly log: Logger;
  /** Is the instance (still) one of this host? */
  here(id: string): boolean;
}

/** Copies files in and out of the instances of this host, whether they run or not. */
export class InstanceFiles {
  constructor(private readonly d: FilesDeps) {}

  stat(id: string, path: string, signal: AbortSignal): Promise<FileFacts> {
    return this.#with(id, path, (driver) => driver.statFile(id, path, signal));
  }

  async *read(id: string, path: string, caller: Caller): AsyncGenerator<agentV1.ReadFilesResponse> {
    const release = this.d.limits.take(id);
    try {
      await this.stat(id, path, caller.signal);
      refuseMounted(await followed(this.#driver(id), id, path, caller.signal));
      caller.accept();
      for await (const piece of this.#driver(id).readFiles(id, path, caller.signal))
        for (let at = 0; at < piece.length; at += CHUNK_BYTES)
          yield { data: piece.subarray(at, at + CHUNK_BYTES) };
    } catch (error) {
      throw this.#worded(error, id, path);
    } finally {
      release();
    }
  }

  /** @returns how many entries were unpacked */
  async write(requests: AsyncIterable<agentV1.WriteFilesRequest>, signal: AbortSignal): Promise<number> {
    const source = requests[Symbol.asyncIterator]();
    const { value: first } = (await source.next()) as { value?: agentV1.WriteFilesRequest };
    const { instanceId: id = '', path = '' } = first ?? {};
    if (!path.startsWith('/'))
      throw invalidFields([{ field: 'path', description: 'must be an absolute path' }]);
    const chunks = async function* () {
      if (first) yield first.chunk;
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value.chunk;
    };
    const release = this.d.limits.take(id);
    try {
      return await this.#with(id, path, async (driver) => {
        const directory = await followed(driver, id, path, signal);
        refuseMounted(directory);
        const kept = new KeptEntries(directory);
        const tar = checkedTar(chunks(), (header) => kept.see(header));
        await driver.writeFiles(id, path, tar.bytes, signal);
        await kept.check(driver, id, signal);
        return tar.entries();
      });
    } finally {
      release();
    }
  }

  async #with<T>(id: string, path: string, work: (driver: FileDriver) => Promise<T>): Promise<T> {
    try {
      return await work(this.#driver(id));
    } catch (error) {
      throw this.#worded(error, id, path);
    }
  }

  /** What the engine said is for the log: its words name paths of the host. */
  #worded(error: unknown, id: string, path: string): unknown {
    if (error instanceof DriverError && error.reason === 'FILES_REFUSED')
      this.d.log.warn({ instance: id, err: error.cause }, 'the engine refused to copy files');
    return worded(error, id, path);
  }

  #driver(id: string): FileDriver {
    if (!this.d.here(id)) throw errors.INSTANCE_NOT_HERE({ id });
    const driver = this.d.driverOf(id);
    if (!('statFile' in driver)) throw errors.NOT_ON_THIS_DRIVER({ what: 'files', driver: driver.name });
    return driver as InstanceDriver & FileDriver;
  }
}

function worded(error: unknown, id: string, path: string): unknown {
  if (error instanceof CloudError || !(error instanceof DriverError)) return error;
  switch (error.reason) {
    case 'FILE_NOT_FOUND':
      return errors.FILE_NOT_FOUND({ path }, error);
    case 'NOT_A_DIRECTORY':
      return errors.NOT_A_DIRECTORY({ path }, error);
    case 'NO_FILE_SYSTEM':
      return errors.NO_FILE_SYSTEM({ id }, error);
    case 'PATH_LOOPS':
      return errors.PATH_LOOPS({ path }, error);
    case 'PATH_TOO_LONG':
      return errors.PATH_TOO_LONG({}, error);
    case 'LINK_TARGET_ABSENT':
      return errors.LINK_TARGET_ABSENT({ path }, error);
    case 'FILES_REFUSED':
      return errors.FILES_REFUSED({ path }, error);
    default:
      return errors.ENGINE_UNAVAILABLE({}, error);
  }
}
