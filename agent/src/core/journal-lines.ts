import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordFrom, recordToJson } from './record';
import type { InstanceRecord } from './record';

export const journalFile = (dataDir: string) => join(dataDir, 'journal.jsonl');

/** What the lines of a journal come to; of each instance the newest record. */
export interface JournalContents {
  readonly records: Map<string, InstanceRecord>;
  epoch: bigint;
  boot: number;
}

export interface JournalFile extends JournalContents {
  readonly bytes: number;
  /** Its last write was cut short, or there is no file: nothing can be appended to it. */
  readonly cutShort: boolean;
  readonly spoilt: ReadonlyArray<{ readonly line: string; readonly why: string }>;
}

/** One line a fact; later ones replace earlier ones. */
export const journalLines = {
  record: recordToJson,
  forgotten: (instanceId: string) => JSON.stringify({ forgotten: instanceId }),
  epoch: (epoch: bigint) => JSON.stringify({ epoch: String(epoch) }),
  boot: (boot: number) => JSON.stringify({ boot }),
};

/** The fewest lines that say the same. */
export function linesOf({ records, epoch, boot }: JournalContents): string[] {
  return [journalLines.boot(boot), journalLines.epoch(epoch), ...[...records.values()].map(recordToJson)];
}

/**
 * What a line that cannot be understood was about is not known. So all that was said of instances before it may be
 * outdated, and is left out: they run on, show up as orphans, and compute repeats their orders.
 */
export async function readJournal(path: string): Promise<JournalFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const cutShort = lines.pop() !== '' || lines.length === 0; // a write that a crash cut short was never answered for
  const contents: JournalContents = { records: new Map(), epoch: 0n, boot: 0 };
  const spoilt: { line: string; why: string }[] = [];
  for (const line of lines)
    try {
      take(contents, JSON.parse(line) as Record<string, unknown>);
    } catch (error) {
      spoilt.push({ line, why: String(error) });
      contents.records.clear();
    }
  return { ...contents, bytes: Buffer.byteLength(text), cutShort, spoilt };
}

function take(contents: JournalContents, line: Record<string, unknown>): void {
  if (typeof line.forgotten === 'string') contents.records.delete(line.forgotten);
  else if (typeof line.epoch === 'string') contents.epoch = BigInt(line.epoch);
  else if (typeof line.boot === 'number') contents.boot = line.boot;
  else {
    const record = recordFrom(line);
    contents.records.set(record.order.instanceId, record);
  }
}
