import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Batcher, passing } from '@thecloud/kernel';
import { writeDurably } from './atomic-file';

const { O_APPEND, O_CREAT, O_DSYNC, O_WRONLY } = constants;
/** Lines made durable by one write. */
const LARGEST_BATCH = 500;
/** A smaller file is not worth being written anew, in bytes. */
const SMALL_BYTES = 1 << 20;

interface Entry {
  readonly line: string;
  readonly by: string;
  /** Called when it is durable, before anything else is written. */
  readonly durable: () => void;
}

/**
 * Lines in a file that only grows: those that come at the same time share one write. It is written anew,
 * with what still counts alone, when most of it is outdated, and after a write that failed: nobody knows what that has
 * left in it. Readable by its owner only.
 */
export class AppendLog {
  /** None: the next write makes the file anew. */
  #file: FileHandle | undefined;
  #bytes = 0;
  #mostBytes = 0;
  readonly #batches = new Batcher<Entry, void>(LARGEST_BATCH, async (entries) => {
    await this.#write(entries);
    return entries.map(() => undefined);
  });

  constructor(
    private readonly path: string,
    /** All lines that still count, of those that are durable. */
    private readonly counting: () => readonly string[],
  ) {}

  /** Goes on in a file of so many bytes that is whole. */
  async resume(bytes: number): Promise<void> {
    this.#file = await open(this.path, O_APPEND | O_CREAT | O_WRONLY | O_DSYNC, 0o600);
    this.#bytes = bytes;
    this.#mostBytes = Math.max(SMALL_BYTES, 2 * Buffer.byteLength(textOf(this.counting())));
  }

  /** Durable when it returns. by: see `askedBy`. */
  append(line: string, by: string, durable: () => void): Promise<void> {
    return this.#batches.add({ line, by, durable });
  }

  /** Writes the file anew, with what counts and this line. */
  async renew(line: string, by: string): Promise<void> {
    await this.close();
    await this.append(line, by, () => undefined);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const lines = entries.map(({ line }) => line);
    for (const { by } of entries) passing('before append', by);
    if (this.#file && this.#bytes < this.#mostBytes) await this.#append(this.#file, textOf(lines));
    else await this.#writeAnew(textOf([...this.counting(), ...lines]));
    for (const { by } of entries) passing('after append', by);
    for (const { durable } of entries) durable();
  }

  async #append(file: FileHandle, text: string): Promise<void> {
    try {
      await file.appendFile(text); // durable: O_DSYNC
    } catch (error) {
      await this.close().catch(() => undefined);
      throw error;
    }
    this.#bytes += Buffer.byteLength(text);
  }

  async #writeAnew(text: string): Promise<void> {
    await this.close();
    await writeDurably(this.path, text);
    await this.resume(Buffer.byteLength(text));
  }
}

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
