import { appendFile, mkdir } from 'node:fs/promises';
import { askedBy } from '@thecloud/kernel';
import { AppendLog } from './append-log';
import { journalFile, journalLines, linesOf, readJournal } from './journal-lines';
import type { JournalContents, Modernize } from './journal-lines';
import type { ThingRecord } from './record';
import { keyOf } from './thing';
import type { Ref } from './thing';

export interface JournalOptions {
  /** Called with the file that lines which could not be read were moved to, and why. */
  onCorrupt(file: string, why: string): void;
  readonly modernize: Modernize;
  readonly now?: number;
}

/**
 * The wanted state of this host on its own disk: a line for each change of a thing's record, and for the newest epoch
 * obeyed of each controller. What `update` has returned survives power loss. All of it is in memory too, so reading is
 * free.
 */
export class Journal {
  readonly #log: AppendLog;
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(
    path: string,
    private readonly contents: JournalContents,
    private outdated: boolean,
  ) {
    this.#log = new AppendLog(path, () => linesOf(contents));
  }

  /** Lines that cannot be understood are moved to "….corrupt". */
  static async open(dir: string, options: JournalOptions): Promise<Journal> {
    const { onCorrupt, modernize, now = Date.now() } = options;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const path = journalFile(dir);
    const { bytes, cutShort, outdated, spoilt, ...found } = await readJournal(path, modernize);
    // The clock keeps it growing even when the directory was lost; the file keeps it growing when the clock was.
    const boot = Math.max(found.boot + 1, Math.floor(now / 1000));
    const journal = new Journal(path, { ...found, boot }, outdated);
    if (spoilt.length > 0) {
      const aside = `${path}.corrupt`;
      await appendFile(aside, spoilt.map(({ line }) => `${line}\n`).join(''), { mode: 0o600, flush: true });
      onCorrupt(aside, spoilt.map(({ why }) => why).join('; '));
    }
    if (!cutShort && spoilt.length === 0) await journal.#log.resume(bytes);
    await journal.#log.append(journalLines.boot(boot), askedBy(this.open), () => undefined);
    return journal;
  }

  /** Writes lines of an earlier release anew. Once everything that reads the file is of this release. */
  async renew(): Promise<void> {
    if (!this.outdated) return;
    await this.#log.renew(journalLines.boot(this.boot), askedBy(this.renew));
    this.outdated = false;
  }

  /** Newest epoch of the controller that this host has obeyed; 0 when none. */
  epoch(controller: string): bigint {
    return this.contents.epochs.get(controller) ?? 0n;
  }

  /** Grows with every opening. */
  get boot(): number {
    return this.contents.boot;
  }

  get(ref: Ref): ThingRecord | undefined {
    return this.contents.records.get(keyOf(ref));
  }

  all(): ThingRecord[] {
    return [...this.contents.records.values()];
  }

  /**
   * Changes one record; changes of one thing take turns, so `change` sees the newest. It may throw to change nothing, or
   * answer with the very record it got. Undefined removes the record.
   */
  update(ref: Ref, change: (record: ThingRecord | undefined) => ThingRecord | undefined): Promise<void> {
    const by = askedBy(this.update);
    const { records } = this.contents;
    const key = keyOf(ref);
    return this.#inTurn(key, async () => {
      const before = records.get(key);
      const after = change(before);
      if (after === before) return;
      if (after) await this.#log.append(journalLines.record(after), by, () => records.set(key, after));
      else await this.#log.append(journalLines.forgotten(ref), by, () => records.delete(key));
    });
  }

  /** Never goes back. Durable when it returns. */
  advanceEpoch(controller: string, epoch: bigint): Promise<void> {
    const by = askedBy(this.advanceEpoch);
    const { epochs } = this.contents;
    return this.#inTurn(`epoch ${controller}`, async () => {
      if (epoch <= this.epoch(controller)) return;
      const line = journalLines.epoch(controller, epoch);
      await this.#log.append(line, by, () => epochs.set(controller, epoch));
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
