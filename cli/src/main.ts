import { exitCodes } from './exit-codes';
import { run } from './program';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted); // the second time, at once
  interrupt.abort();
});
process.on('SIGTERM', () => interrupt.abort());

// A reader that has seen enough (`cloud … | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

const { env, stdin, stdout, stderr } = process;
void run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: interrupt.signal }).then((code) => {
  process.exitCode = code; // not exit(): what was written must get out first
});
