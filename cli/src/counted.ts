import type { Io } from './io';
import { size } from './output';
import { startProgress, type Progress } from './progress';

/** Nobody wants to be told about what takes less, in milliseconds. */
const patienceMs = 1_000;
const updateMs = 200;

/** The same bytes; a person at a terminal is told how many have passed when it takes its time. */
export async function* counted(
  io: Io,
  title: string,
  quiet: boolean,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (quiet || !io.stderr.isTTY) return yield* bytes;
  let progress: Progress | undefined;
  let passed = 0;
  let due = Date.now() + patienceMs;
  try {
    for await (const piece of bytes) {
      passed += piece.length;
      if (Date.now() >= due) {
        progress ??= await startProgress(io, title, false);
        progress.update(size(passed));
        due = Date.now() + updateMs;
      }
      yield piece;
    }
    progress?.end('done');
  } catch (error) {
    progress?.end('left');
    throw error;
  }
}
