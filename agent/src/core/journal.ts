import { appendFile, mkdir } from 'node:fs/promises';
import { askedBy } from '@thecloud/kernel';
import { AppendLog } from './append-log';
import { journalFile, journalLines, linesOf, readJournal } from './journal-lines';
import type { JournalContents } from './journal-lines';
import type { InstanceRecord } from './record';

/** Called with the file that lines which could not be read were moved to, and why. */
export type OnCorrupt = (file: string, why: string) => void;

/**
 * The wanted state of this host on its own disk: a line for each change of an instance's record, and for the newest
 * epoch obeyed. What `update` has returned survives power loss. All of it is in memory too, so reading is free.
 */
export class Journal {
  readonly #log: AppendLog;
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(
    path: string,
    private readonly contents: JournalContents,
  ) {
    this.#log = new AppendLog(path, () => linesOf(contents));
  }

  /** Lines that cannot be understood are moved to "….corrupt". */
  static async open(dir: string, onCorrupt: OnCorrupt, now = Date.now()): Promise<Journal> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const path = journalFile(dir);
    const { bytes, cutShort, spoilt, ...found } = await readJournal(path);
    // The clock keeps it growing even when the directory was lost; the file keeps it growing when the clock was.
    const boot = Math.max(found.boot + 1, Math.floor(now / 1000));
    const journal = new Journal(path, { ...found, boot });
    if (spoilt.length > 0) {
      const aside = `${path}.corrupt`;
      await appendFile(aside, spoilt.map(({ line }) => `${line}\n`).join(''), { mode: 0o600, flush: true });
      onCorrupt(aside, spoilt.map(({ why }) => why).join('; '));
    }
    if (!cutShort && spoilt.length === 0) await journal.#log.resume(bytes);
    await journal.#log.append(journalLines.boot(boot), askedBy(this.open), () => undefined);
    return journal;
  }

  /** Newest leader epoch this host has obeyed; 0 when none. */
  get epoch(): bigint {
    return this.contents.epoch;
  }

  /** Grows with every opening. */
  get boot(): number {
    return this.contents.boot;
  }

  get(instanceId: string): InstanceRecord | undefined {
    return this.contents.records.get(instanceId);
  }

  all(): InstanceRecord[] {
    return [...this.contents.records.values()];
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
    const { records } = this.contents;
    return this.#inTurn(id, async () => {
      const before = records.get(id);
      const after = change(before);
      if (after === before) return;
      if (after) await this.#log.append(journalLines.record(after), by, () => records.set(id, after));
      else await this.#log.append(journalLines.forgotten(id), by, () => records.delete(id));
    });
  }

  /** Never goes back. Durable when it returns. */
  advanceEpoch(epoch: bigint): Promise<void> {
    const by = askedBy(this.advanceEpoch);
    return this.#inTurn('epoch', async () => {
      if (epoch <= this.epoch) return;
      await this.#log.append(journalLines.epoch(epoch), by, () => (this.contents.epoch = epoch));
    });
  }

  /** Returns when nothing is being written any more. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#turns.values());
    await this.#log.close();
  }

  async #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined); // the caller gets the failure; the next in turn must not
    this.#turns.set(key, settled);
    try {
      await turn;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }
}
