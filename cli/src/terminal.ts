import { spawnSync } from 'node:child_process';
import type { Exec } from '@thecloud/sdk';
import type { Io } from './io';
import { write } from './write';

/** Rows and columns of the terminal; undefined where there is none that knows. */
export function sizeOf({ stdout }: Io): { rows: number; columns: number } | undefined {
  const { isTTY, rows = 0, columns = 0 } = stdout;
  if (!isTTY || rows < 1 || columns < 1) return undefined;
  return { rows: Math.min(rows, 1000), columns: Math.min(columns, 1000) };
}

/**
 * Joins this program's streams with those of one in an instance until that one ends. With `tty` every key goes to it,
 * Ctrl-C too, and the size of the terminal follows ours. Answers with its exit code; undefined: it was lost.
 */
export async function attach(
  io: Io,
  exec: Exec,
  { interactive, tty }: { interactive: boolean; tty: boolean },
): Promise<number | undefined> {
  await exec.opened;
  const leave = [...(interactive ? [passInput(io, exec, tty)] : []), ...(tty ? [followSize(io, exec)] : [])];
  if (!interactive && !tty) await exec.closeInput();
  try {
    for await (const { stream, data } of exec) await write(stream === 'stderr' ? io.stderr : io.stdout, data);
    return exec.exitCode;
  } finally {
    for (const undo of leave) undo();
    exec.close();
  }
}

function passInput({ stdin }: Io, exec: Exec, tty: boolean): () => void {
  const raw = tty && stdin.isTTY === true;
  if (raw) makeRaw(stdin);
  const ended = () => undefined; // the program has ended: what it wrote last is still read, and says how
  const onData = (chunk: Buffer | string) => {
    stdin.pause();
    exec.write(chunk).then(() => stdin.resume(), ended);
  };
  const onEnd = () => void (tty ? exec.write('\x04') : exec.closeInput()).catch(ended);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    if (raw) stdin.setRawMode?.(false);
    stdin.pause();
  };
}

/**
 * Node's raw mode leaves the terminal's treatment of output on (a carriage return is put before each line feed), which
 * is for the terminal in the instance to do: stty, where there is one, turns it off. Leaving raw mode brings back all
 * that was before, and so does Node itself when it ends.
 */
function makeRaw(stdin: Io['stdin']): void {
  stdin.setRawMode?.(true);
  if (stdin.fd !== undefined) spawnSync('stty', ['-opost'], { stdio: [stdin.fd, 'ignore', 'ignore'] });
}

function followSize(io: Io, exec: Exec): () => void {
  const onResize = () => {
    const size = sizeOf(io);
    if (size) exec.resize(size.rows, size.columns).catch(() => undefined); // as above
  };
  io.stdout.on('resize', onResize);
  return () => io.stdout.off('resize', onResize);
}
