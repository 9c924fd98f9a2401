import { createInterface } from 'node:readline/promises';
import { interrupted, usageError } from './exit-codes';
import type { Io } from './io';
import { nameOf } from './thrown';

const maxInput = 64 * 1024;

/** Asks on the terminal; the question goes to standard error, as standard output is for results. */
export async function ask(io: Io, question: string): Promise<string> {
  const readline = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return (await readline.question(question, { signal: io.signal })).trim();
  } catch (error) {
    io.stderr.write('\n');
    if (io.signal.aborted || nameOf(error) === 'AbortError') throw interrupted();
    throw error;
  } finally {
    readline.close();
  }
}

/** Goes on if the user says yes, now or by --yes; without a terminal to ask on, only --yes does. */
export async function confirm(io: Io, what: string, yes = false): Promise<void> {
  if (yes) return;
  if (!io.stdin.isTTY) throw usageError(what, 'If that is what you want, repeat it with --yes.');
  const answer = await ask(io, `${what} Go on? [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw usageError('Nothing was changed.');
}

/** A secret, typed unseen on a terminal or piped in; never an argument, which everybody on the machine can read. */
export async function readSecret(io: Io, what: string): Promise<string> {
  return io.stdin.isTTY
    ? askUnseen(io, `${what.charAt(0).toUpperCase()}${what.slice(1)}: `)
    : readLine(io, what);
}

async function askUnseen(io: Io, question: string): Promise<string> {
  const { stdin, stderr } = io;
  stderr.write(question);
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = '';
      const onEnd = () => settle(() => reject(interrupted()));
      const onData = (chunk: string | Buffer) => {
        for (const char of String(chunk)) {
          if (char === '\r' || char === '\n') return settle(() => resolve(typed));
          if (char === '\u0003' || char === '\u0004') return settle(() => reject(interrupted()));
          if (char === '\u007f' || char === '\b') typed = typed.slice(0, -1);
          else if (typed.length < maxInput) typed += char;
        }
      };
      const settle = (finish: () => void) => {
        stdin.off('data', onData);
        stdin.off('end', onEnd);
        finish();
      };
      stdin.on('data', onData);
      stdin.on('end', onEnd);
      stdin.resume();
    });
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** The first line of standard input. */
const readLine = async (io: Io, what: string): Promise<string> => (await readSecretLines(io, what))[0] ?? '';

/** The lines of standard input, of which the first is not empty. */
export async function readSecretLines(io: Io, what: string): Promise<string[]> {
  io.stdin.setEncoding('utf8');
  let text = '';
  for await (const chunk of io.stdin) {
    text += String(chunk);
    if (text.length > maxInput) throw usageError(`Standard input is too long for ${what}.`);
  }
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
  if (!lines[0])
    throw usageError(`Standard input holds no ${what}.`, 'Pipe it in, as in: cloud login … < FILE');
  return lines;
}
