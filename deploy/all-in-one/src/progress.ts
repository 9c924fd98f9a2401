import { Failure } from './failure';

const LABEL_WIDTH = 52;
const terminal = process.stdout.isTTY;

/** One line a step, with the time it took. Rethrows what the step throws, after its line. */
export async function step<T>(
  label: string,
  work: (say: (detail: string) => void) => T | Promise<T>,
): Promise<T> {
  const begun = performance.now();
  let detail = '';
  const text = () => (detail ? `${label}: ${detail}` : label);
  const show = () => terminal && process.stdout.write(`\r\x1b[K… ${text()}`);
  const end = (mark: string) => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(
      `${terminal ? '\r\x1b[K' : ''}${mark} ${text().padEnd(LABEL_WIDTH)} ${seconds.padStart(5)} s\n`,
    );
  };
  show();
  try {
    const result = await work((now) => {
      detail = now;
      show();
    });
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/** Runs a verb of the Makefile: a failure is told in words, anything unforeseen with its stack; both exit 1. */
export function runVerb(verb: () => Promise<void>): void {
  verb().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`\n${explain(error)}\n`);
      process.exit(1);
    },
  );
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Engines word their failures for this reader too.
  if (error instanceof Failure || error.name === 'EngineError') {
    const advice = error instanceof Failure && error.advice ? `\n  What to do: ${error.advice}` : '';
    return `✗ ${error.message}${advice}`;
  }
  return `✗ ${error.stack ?? error.message}\n  This was not foreseen; make logs shows more.`;
}
