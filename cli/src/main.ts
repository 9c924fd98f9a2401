import { CliError, exitCodes, ProgramExit } from './exit-codes';
import { inWords, outputLost } from './problem';
import { run } from './program';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted); // the second time, at once
  interrupt.abort();
});
process.on('SIGTERM', () => interrupt.abort());

// Nothing that is still to be said can be: one line about it, and the end.
process.stdout.on('error', (thrown) => {
  const error = outputLost(thrown);
  if (error instanceof CliError) process.stderr.write(inWords(error));
  process.exit(
    error instanceof CliError || error instanceof ProgramExit ? error.exitCode : exitCodes.unexpected,
  );
});
process.stderr.on('error', () => process.exit(exitCodes.unexpected)); // there is nowhere left to say why

const { env, stdin, stdout, stderr } = process;
void run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: interrupt.signal }).then((code) => {
  process.exitCode = code; // not exit(): what was written must get out first
});
