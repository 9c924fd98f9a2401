import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { askedBy } from '@thecloud/kernel';
import { removeDurably, writeDurably } from './atomic-file';
import { recordFromJson, recordToJson } from './record';
import type { InstanceRecord } from './record';

const SUFFIX = '.json';

/** Called with a file that could not be read and was set aside, and why. */
export type OnCorrupt = (file: string, why: string) => void;

/**
 * The wanted state of this host on its own disk: one file an instance, and the newest epoch obeyed. What `update` has
 * returned survives power loss. All of it is in memory too, so reading is free.
 */
export class Journal {
  readonly #records = new Map<string, InstanceRecord>();
  readonly #writing = new Map<string, Promise<unknown>>();
  #epoch = 0n;
  #boot = 0;

  private constructor(private readonly dir: string) {}

  /**
   * A file that cannot be understood is renamed to "….corrupt" and left out: its instance shows up as an orphan, and
   * compute repeats the order. The rest of the host must not suffer for it.
   */
  static async open(dir: string, onCorrupt: OnCorrupt, now = Date.now()): Promise<Journal> {
    const journal = new Journal(dir);
    await mkdir(join(dir, 'instances'), { recursive: true, mode: 0o700 });
    for (const file of await readdir(join(dir, 'instances'))) await journal.#load(file, onCorrupt);
    journal.#epoch = await journal.#number('epoch', onCorrupt);
    // The clock keeps it growing even when the directory was lost; the file keeps it growing when the clock was.
    const last = await journal.#number('boot', onCorrupt);
    journal.#boot = Math.max(Number(last) + 1, Math.floor(now / 1000));
    await writeDurably(join(dir, 'boot'), String(journal.#boot));
    return journal;
  }

  /** Newest leader epoch this host has obeyed; 0 when none. */
  get epoch(): bigint {
    return this.#epoch;
  }

  /** Grows with every opening. */
  get boot(): number {
    return this.#boot;
  }

  get(instanceId: string): InstanceRecord | undefined {
    return this.#records.get(instanceId);
  }

  all(): InstanceRecord[] {
    return [...this.#records.values()];
  }

  /**
   * Changes one record; changes of one instance take turns, so `change` sees the newest. It may throw to change
   * nothing, or answer with the very record it got. Undefined removes the record.
   */
  update(
    id: string,
    change: (record: InstanceRecord | undefined) => InstanceRecord | undefined,
  ): Promise<void> {
    const by = askedBy(this.update);
    return this.#inTurn(id, async () => {
      const before = this.#records.get(id);
      const after = change(before);
      if (after === before) return;
      if (after) {
        await writeDurably(this.#file(id), recordToJson(after), by);
        this.#records.set(id, after);
      } else {
        await removeDurably(this.#file(id), by);
        this.#records.delete(id);
      }
    });
  }

  /** Never goes back. Durable when it returns. */
  advanceEpoch(epoch: bigint): Promise<void> {
    const by = askedBy(this.advanceEpoch);
    return this.#inTurn('epoch', async () => {
      if (epoch <= this.#epoch) return;
      await writeDurably(join(this.dir, 'epoch'), String(epoch), by);
      this.#epoch = epoch;
    });
  }

  /** Returns when nothing is being written any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
  }

  #file(id: string): string {
    return join(this.dir, 'instances', id + SUFFIX);
  }

  async #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#writing.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined); // the caller gets the failure; the next in turn must not
    this.#writing.set(key, settled);
    try {
      await turn;
    } finally {
      if (this.#writing.get(key) === settled) this.#writing.delete(key);
    }
  }

  async #load(file: string, onCorrupt: OnCorrupt): Promise<void> {
    const path = join(this.dir, 'instances', file);
    if (file.endsWith('.tmp')) return rm(path, { force: true }); // a write that a crash cut short: never answered for
    if (!file.endsWith(SUFFIX)) return;
    const id = file.slice(0, -SUFFIX.length);
    try {
      this.#records.set(id, recordFromJson(await readFile(path, 'utf8'), id));
    } catch (error) {
      await setAside(path, error, onCorrupt);
    }
  }

  async #number(name: string, onCorrupt: OnCorrupt): Promise<bigint> {
    const path = join(this.dir, name);
    try {
      return BigInt((await readFile(path, 'utf8')).trim());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0n;
      await setAside(path, error, onCorrupt);
      return 0n;
    }
  }
}

async function setAside(path: string, error: unknown, onCorrupt: OnCorrupt): Promise<void> {
  const aside = `${path}.corrupt`;
  await rename(path, aside);
  onCorrupt(aside, error instanceof Error ? error.message : String(error));
}
