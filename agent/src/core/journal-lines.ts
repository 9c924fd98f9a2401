import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { recordFrom, recordToJson } from './record';
import type { ThingRecord } from './record';
import { keyOf } from './thing';
import type { Ref } from './thing';

export const journalFile = (dataDir: string) => join(dataDir, 'journal.jsonl');

/** What the lines of a journal come to; of each thing the newest record, by its key. */
export interface JournalContents {
  readonly records: Map<string, ThingRecord>;
  /** The newest obeyed of each controller. */
  readonly epochs: Map<string, bigint>;
  boot: number;
}

export interface JournalFile extends JournalContents {
  readonly bytes: number;
  /** Its last write was cut short, or there is no file: nothing can be appended to it. */
  readonly cutShort: boolean;
  /** Some of its lines were written by an earlier release. */
  readonly outdated: boolean;
  readonly spoilt: ReadonlyArray<{ readonly line: string; readonly why: string }>;
}

/** Puts a line of an earlier release as it is written today; undefined: it is as today. @throws Error */
export type Modernize = (line: Record<string, unknown>) => Record<string, unknown> | undefined;

/** One line a fact; later ones replace earlier ones. Each ends with a checksum: a changed digit is still JSON. */
export const journalLines = {
  record: (record: ThingRecord) => summed(recordToJson(record)),
  forgotten: ({ kind, id }: Ref) => summed(JSON.stringify({ forgotten: id, kind })),
  epoch: (controller: string, epoch: bigint) => summed(JSON.stringify({ controller, epoch: String(epoch) })),
  boot: (boot: number) => summed(JSON.stringify({ boot })),
};

/** JSON has no raw tab in it. */
const summed = (json: string) => `${json}\t${crc32(json).toString(16)}`;

/** A line that an early agent wrote has no checksum. @throws Error when it is not as it was written */
function unsummed(line: string): string {
  const [json = '', sum] = line.split('\t');
  if (sum !== undefined && sum !== crc32(json).toString(16)) throw new Error('its checksum is another');
  return json;
}

/** The fewest lines that say the same. */
export function linesOf({ records, epochs, boot }: JournalContents): string[] {
  return [
    journalLines.boot(boot),
    ...[...epochs].map(([controller, epoch]) => journalLines.epoch(controller, epoch)),
    ...[...records.values()].map(journalLines.record),
  ];
}

/**
 * What a line that cannot be understood was about is not known. So all that was said of things before it may be
 * outdated, and is left out: they stay as they are, show up as orphans, and their owners repeat their orders.
 */
export async function readJournal(path: string, modernize: Modernize): Promise<JournalFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const cutShort = lines.pop() !== '' || lines.length === 0; // a write that a crash cut short was never answered for
  const contents: JournalContents = { records: new Map(), epochs: new Map(), boot: 0 };
  const spoilt: { line: string; why: string }[] = [];
  let outdated = false;
  for (const line of lines)
    try {
      const parsed = JSON.parse(unsummed(line)) as Record<string, unknown>;
      const modern = modernize(parsed);
      outdated ||= modern !== undefined;
      take(contents, modern ?? parsed);
    } catch (error) {
      spoilt.push({ line, why: String(error) });
      contents.records.clear();
    }
  return { ...contents, bytes: Buffer.byteLength(text), cutShort, outdated, spoilt };
}

function take(contents: JournalContents, line: Record<string, unknown>): void {
  const { forgotten, kind, controller, epoch, boot } = line;
  if (typeof forgotten === 'string') contents.records.delete(keyOf({ kind: String(kind), id: forgotten }));
  else if (typeof epoch === 'string') contents.epochs.set(String(controller), BigInt(epoch));
  else if (typeof boot === 'number') contents.boot = boot;
  else {
    const record = recordFrom(line);
    contents.records.set(keyOf(record.order), record);
  }
}
