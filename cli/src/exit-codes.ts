/** What the process's exit status says; stable, for scripts. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  forbidden: 3,
  notFound: 4,
  conflict: 5,
  operationFailed: 6,
  unavailable: 7,
  commandNotExecutable: 126,
  commandNotFound: 127,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The text of `cloud help exit-codes`. */
export const exitCodesHelp = `Exit codes:
    0  done
    1  unexpected: a fault of the cloud or of this program
    2  usage: a wrong option, argument or field, or a question that was not answered with yes
    3  not signed in, or not allowed
    4  not found
    5  conflict: a name or port is taken, the state is wrong, a quota or the capacity is used up
    6  the operation was accepted but failed
    7  the cloud does not answer, or not in time
  130  interrupted; what was asked for goes on without you
Of several things that were asked for at once, the first that failed decides; the others are done all the same.
\`cloud instance exec\` and \`cloud shell\` end with the exit code of the program that they ran;
127: there is no such program in the instance, 126: it cannot be executed.`;

/** An outcome the user is told in words: what happened, what to do about it, how the process ends. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** What the reader can do next, in whole sentences or commands. */
    readonly advice?: string,
    /** Further lines, one fact each. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Ends this program as another one ended that ran for it: with that one's exit code, and without a word. */
export class ProgramExit extends Error {
  constructor(readonly exitCode: number) {
    super(`the program ended with ${exitCode}`);
  }
}

export const interrupted = () => new CliError(exitCodes.interrupted, 'Interrupted.');

export const usageError = (message: string, advice?: string) =>
  new CliError(exitCodes.usage, message, advice);
