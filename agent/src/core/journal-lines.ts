import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
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

/** One line a fact; later ones replace earlier ones. Each ends with a checksum: a changed digit is still JSON. */
export const journalLines = {
  record: (record: InstanceRecord) => summed(recordToJson(record)),
  forgotten: (instanceId: string) => summed(JSON.stringify({ forgotten: instanceId })),
  epoch: (epoch: bigint) => summed(JSON.stringify({ epoch: String(epoch) })),
  boot: (boot: number) => summed(JSON.stringify({ boot })),
};

/** JSON has no raw tab in it. */
const summed = (json: string) => `${json}\t${crc32(json).toString(16)}`;

/** A line that an earlier agent wrote has no checksum. @throws Error when it is not as it was written */
function unsummed(line: string): string {
  const [json = '', sum] = line.split('\t');
  if (sum !== undefined && sum !== crc32(json).toString(16)) throw new Error('its checksum is another');
  return json;
}

/** The fewest lines that say the same. */
export function linesOf({ records, epoch, boot }: JournalContents): string[] {
  return [
    journalLines.boot(boot),
    journalLines.epoch(epoch),
    ...[...records.values()].map(journalLines.record),
  ];
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
      take(contents, JSON.parse(unsummed(line)) as Record<string, unknown>);
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
