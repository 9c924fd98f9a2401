import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { commandNotExecutable, commandNotFound } from '../../ports/driver-problems';
import { call, statusOf } from '../docker-engine';
import { startProblem } from './problem';

const SHELL = '/bin/sh';
/** End of input, as a terminal's key says it (Ctrl-D): it is not echoed, and leaves nothing to be read. */
const GO = Buffer.from([4]);
/** What a shell's exit code would be. */
const NOT_EXECUTABLE = '126';
const NOT_FOUND = '127';

/**
 * Waits for the end of a line on its terminal, then becomes the program. $0 is the mark that says that it cannot, $1
 * the program. A name without a slash is looked for as the shell looks for it, in PATH.
 */
const WAIT = `read -r line
case $1 in
*/*) [ -f "$1" ] && [ -x "$1" ] && exec "$@"; [ -e "$1" ] && echo "$0${NOT_EXECUTABLE}" && exit ${NOT_EXECUTABLE} ;;
*) command -v "$1" >/dev/null && exec "$@" ;;
esac
echo "$0${NOT_FOUND}"
exit ${NOT_FOUND}`;

export interface HeldBack {
  /** What to start instead of the program. */
  readonly command: readonly string[];
  /** What to write for the program to start. */
  readonly go: Buffer;
  /** The program's own. @throws DriverError COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE */
  output(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
}

/**
 * Has a program wait until its terminal has a size: an engine before API 1.42 can give it one only once something runs
 * there, and a program that looks at once would find none. Undefined where the image has no shell to wait in.
 */
export async function holdBack(
  container: Docker.Container,
  command: readonly string[],
): Promise<HeldBack | undefined> {
  if (!(await hasShell(container))) return undefined;
  const mark = `thecloud-${randomUUID()}:`;
  return {
    command: [SHELL, '-c', WAIT, mark, ...command],
    go: GO,
    output: (bytes) => programOutput(bytes, mark, command[0] ?? ''),
  };
}

function hasShell(container: Docker.Container): Promise<boolean> {
  const look = async (abortSignal: AbortSignal) => {
    try {
      (await container.infoArchive({ path: SHELL, abortSignal })).resume(); // frees its connection
      return true;
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      return false;
    }
  };
  return call(look, startProblem);
}

async function* programOutput(
  bytes: AsyncIterable<Buffer>,
  mark: string,
  program: string,
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const codeAt = mark.length;
  const length = codeAt + NOT_FOUND.length;
  for await (const piece of bytes) {
    if (!head) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    const text = head.toString('latin1', 0, length);
    if (!mark.startsWith(text.slice(0, codeAt))) {
      yield head;
      head = undefined;
    } else if (head.length >= length) {
      throw text.endsWith(NOT_FOUND) ? commandNotFound(program) : commandNotExecutable(program);
    }
  }
  if (head && head.length > 0) yield head;
}
