import type { LogEntry, LogOptions } from '../../ports/log-driver';
import { closeAll, isRotated, openLaterFiles, openLogFiles } from './log-files';
import type { LogFile } from './log-files';
import { LogNews } from './log-news';
import { entryOf, LogRecordParser } from './log-record';
import type { LogRecord } from './log-record';
import { startOfLog } from './log-start';

const CHUNK_BYTES = 256 * 1024;

/**
 * The log of one container out of the files of Docker's "local" driver, in `dir`: each byte once, in order, over all
 * rotations. Docker's own way to follow a log (Engine 20.10) repeats lines when a file is rotated, and leaves out whole
 * files when its reader is slower than the program. A reader here holds the file that it reads, so it loses something
 * only when the files that follow are deleted before it gets to them. `ended` resolves when nothing more is written.
 */
export async function* readLocalLog(
  dir: string,
  options: LogOptions,
  ended: Promise<unknown> | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogEntry[]> {
  const news = ended && new LogNews(dir, ended, signal);
  const files: LogFile[] = [];
  try {
    files.push(...(await openLogFiles(dir)));
    const start = await startOfLog(
      files.map((file) => () => recordsOf(file)),
      options,
    );
    await closeAll(files.splice(0, start.file));
    for (let parser = new LogRecordParser(start.offset); ;) {
      signal.throwIfAborted();
      const over = news?.over ?? true; // asked before reading: what came until then is read below
      const [file] = files;
      const isCurrent = files.length === 1;
      const isComplete = file !== undefined && (!isCurrent || (news && (await isRotated(dir, file))));
      if (file) {
        const end = news ? Infinity : file.size;
        for await (const records of recordsIn(file, parser, end, signal)) yield records.map(entryOf);
      }
      if (isComplete && isCurrent) files.push(...(await openLaterFiles(dir, file)));
      if (!file) files.push(...(await openLogFiles(dir)));
      if (isComplete && files.length > 1) {
        await closeAll(files.splice(0, 1));
        parser = new LogRecordParser();
      } else if (over) return;
      else if (file || files.length === 0) await news?.next();
    }
  } finally {
    news?.close();
    await closeAll(files);
  }
}

/** Of a whole file. */
const recordsOf = (file: LogFile): AsyncGenerator<LogRecord[]> =>
  recordsIn(file, new LogRecordParser(), file.size);

async function* recordsIn(
  { handle }: LogFile,
  parser: LogRecordParser,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  while (parser.offset < end) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - parser.offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, parser.offset);
    if (bytesRead === 0) return;
    const records = parser.push(buffer.subarray(0, bytesRead));
    if (records.length > 0) yield records;
  }
}
