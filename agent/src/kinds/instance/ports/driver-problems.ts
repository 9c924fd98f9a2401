import { DriverError } from '../../../core/driver-error';

/** What can keep an engine from doing what is asked of an instance. */
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

/** Something that only a running program can give was asked of one that does not run. */
export const notRunning = () =>
  new DriverError<DriverReason>('NOT_RUNNING', 'Its program does not run.', false);

export const commandNotFound = (program: string) =>
  new DriverError<DriverReason>(
    'COMMAND_NOT_FOUND',
    `There is no program ${program} in the instance.`,
    false,
  );

export const commandNotExecutable = (program: string) =>
  new DriverError<DriverReason>(
    'COMMAND_NOT_EXECUTABLE',
    `${program} cannot be executed in the instance.`,
    false,
  );
