export type DriverReason =
  /** It is to be pulled first. */
  | 'IMAGE_ABSENT'
  | 'IMAGE_MISSING'
  | 'REGISTRY_UNAVAILABLE'
  | 'REGISTRY_REFUSED'
  | 'IMAGE_PULL_FAILED'
  | 'PORT_TAKEN'
  | 'START_FAILED'
  | 'DRIVER_UNAVAILABLE'
  /** Exec and stats need a program that runs. */
  | 'NOT_RUNNING'
  | 'EXEC_FAILED'
  | 'COMMAND_NOT_FOUND'
  | 'COMMAND_NOT_EXECUTABLE'
  | 'FILE_NOT_FOUND'
  | 'NOT_A_DIRECTORY'
  /** Symbolic links lead in a circle. */
  | 'PATH_LOOPS'
  /** Of the path, or of an entry in an archive. */
  | 'PATH_TOO_LONG'
  /** Of a hard link in an archive. */
  | 'LINK_TARGET_ABSENT'
  | 'FILES_REFUSED'
  /** It was never made, or has been removed. */
  | 'NO_FILE_SYSTEM';

/** An engine could not do it. `message` is for the instance's owner: what happened, and what to do if they can. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  constructor(
    readonly reason: DriverReason,
    message: string,
    /** Likely to pass by itself: worth a few quiet attempts before anybody is told. */
    readonly transient: boolean,
    private readonly options: { cause?: unknown; hostPort?: number } = {},
  ) {
    super(message, options);
  }

  /** Of PORT_TAKEN, where the engine says which one it is. */
  get hostPort(): number | undefined {
    return this.options.hostPort;
  }
}

/** Something that only a running program can give was asked of one that does not run. */
export const notRunning = () => new DriverError('NOT_RUNNING', 'Its program does not run.', false);

export const commandNotFound = (program: string) =>
  new DriverError('COMMAND_NOT_FOUND', `There is no program ${program} in the instance.`, false);

export const commandNotExecutable = (program: string) =>
  new DriverError('COMMAND_NOT_EXECUTABLE', `${program} cannot be executed in the instance.`, false);
