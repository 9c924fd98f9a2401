import type { Io } from './io';
import { duration, printable } from './output';

/** Tells a waiting person how far it is: a spinner on a terminal, else a line whenever something changed. */
export interface Progress {
  update(text: string): void;
  /** Ends it; `mark` says how. */
  end(mark: 'done' | 'failed' | 'left'): void;
}

const silent: Progress = { update: () => undefined, end: () => undefined };

export async function startProgress(io: Io, title: string, quiet: boolean): Promise<Progress> {
  if (quiet) return silent;
  // ora counts lines by the width, without end if that is 0 (as in terminals that some runners make).
  const { isTTY, columns = 0 } = io.stderr;
  return isTTY && columns > 0 ? spinner(io, title) : lines(io, title);
}

function lines(io: Io, title: string): Progress {
  const begun = Date.now();
  let last = '';
  io.stderr.write(`${title} …\n`);
  return {
    update(text) {
      if (text !== last) io.stderr.write(`  ${printable(text)}\n`);
      last = text;
    },
    end(mark) {
      if (mark !== 'left') io.stderr.write(`  ${mark} after ${duration(Date.now() - begun)}\n`);
    },
  };
}

async function spinner(io: Io, title: string): Promise<Progress> {
  const begun = Date.now();
  const { default: ora } = await import('ora'); // a fifth of a start-up's time, and rarely needed
  const spin = ora({ text: title, stream: io.stderr, discardStdin: false }).start();
  return {
    update: (text) => void (spin.text = `${title}: ${printable(text)}`),
    end(mark) {
      const text = `${title} (${duration(Date.now() - begun)})`;
      if (mark === 'done') spin.succeed(text);
      else if (mark === 'failed') spin.fail(text);
      else spin.stop();
    },
  };
}
