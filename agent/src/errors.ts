import { entry, errorCatalogue } from '@thecloud/kernel';

/**
 * What an agent refuses. Orders come from controllers: a refusal means that they are behind. What is about logs, exec
 * and stats is passed on to the caller.
 */
export const errors = errorCatalogue('agent.thecloud', {
  STALE_EPOCH: entry<{ epoch: string; seen: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The order comes from leader epoch ${m.epoch}, but this host has obeyed epoch ${m.seen} of the same controller. Read the state again.`,
  ),
  WRONG_HOST: entry<{ meant: string; host: string }>(
    'FAILED_PRECONDITION',
    (m) => `The order is for ${m.meant}, but this is ${m.host}. Read where it is placed again.`,
  ),
  KIND_UNKNOWN: entry<{ kind: string; known: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `This host carries nothing of the kind "${m.kind}", but only: ${m.known}. Upgrade its agent, or choose another host.`,
    { field: 'kind' },
  ),
  CONTROLLER_UNKNOWN: entry<{ controller: string; kind: string }>(
    'FAILED_PRECONDITION',
    (m) => `The controller "${m.controller}" does not order the kind "${m.kind}". Name the one that does.`,
    { field: 'controller' },
  ),
  DRIVER_UNKNOWN: entry<{ driver: string; kind: string; known: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `This host has no driver "${m.driver}" for the kind "${m.kind}", but only: ${m.known}. Choose one of these, or another host.`,
    { field: 'driver' },
  ),
  DRIVER_CHANGED: entry<{ id: string; had: string; driver: string }>(
    'FAILED_PRECONDITION',
    (m) => `${m.id} is made by the driver ${m.had}, and cannot move to ${m.driver}. Have it removed first.`,
    { field: 'driver' },
  ),
  STALE_GENERATION: entry<{ generation: string; seen: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The order is of generation ${m.generation}, but this host has generation ${m.seen}. Read the state again.`,
  ),
  GENERATION_REUSED: entry<{ generation: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `This host has another order of the same generation ${m.generation}. A changed order needs a new generation.`,
  ),
  INSTANCE_NOT_HERE: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `Instance ${m.id} is not on this host (any more). Read the instance again to see where it is.`,
  ),
  INSTANCE_NOT_RUNNING: entry<{ id: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `Instance ${m.id} is not running, which this needs. Start it, or wait until it runs; its logs can be read any time.`,
  ),
  TOO_MANY_STREAMS: entry<{ what: string; limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `${m.what} has ${m.limit} open streams of logs, exec and stats, the most there may be. Close one first.`,
    { retryAfterSeconds: 5 },
  ),
  EXEC_FAILED: entry<{ why: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `The program could not be run there: ${m.why} Check the command, the user and the working directory.`,
  ),
  COMMAND_NOT_FOUND: entry<{ why: string }>(
    'FAILED_PRECONDITION',
    (m) => `${m.why} Check its name, and the PATH of the image, or give its whole path.`,
    { field: 'command' },
  ),
  COMMAND_NOT_EXECUTABLE: entry<{ why: string }>(
    'FAILED_PRECONDITION',
    (m) => `${m.why} Is it a program of this kind of machine, and may this user execute it?`,
    { field: 'command' },
  ),
  FILE_NOT_FOUND: entry<{ path: string }>(
    'NOT_FOUND',
    (m) =>
      `There is no ${m.path} in the instance. What lies in memory only (/proc, /sys, /dev, a tmpfs) cannot be copied.`,
    { field: 'path' },
  ),
  NOT_A_DIRECTORY: entry<{ path: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `${m.path} is no directory, or a file would have to replace a directory in it or the other way round. Name an existing directory.`,
    { field: 'path' },
  ),
  PATH_NOT_KEPT: entry<{ path: string; mount: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `${m.path} is in ${m.mount}, which lies in memory and belongs to the kernel: a copy would miss it. Copy to or from another directory.`,
    { field: 'path' },
  ),
  PATH_LOOPS: entry<{ path: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `${m.path}, or something in it, leads through symbolic links in a circle. Name a path that does not.`,
    { field: 'path' },
  ),
  PATH_TOO_LONG: entry(
    'INVALID_ARGUMENT',
    () =>
      'The path, or that of an entry in the archive, is too long. Have at most 250 parts, 255 bytes in each, and 3,500 bytes in all.',
    { field: 'path' },
  ),
  LINK_TARGET_ABSENT: entry<{ path: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `A hard link of the archive names a file that is neither before it in the archive nor in ${m.path}. Pack that file, too. What came before the link may be unpacked.`,
    { field: 'chunk' },
  ),
  FILES_REFUSED: entry<{ path: string }>(
    'FAILED_PRECONDITION',
    (m) => `The file system of the instance did not take it. Is there room, and may ${m.path} be written?`,
    { field: 'path' },
  ),
  NO_FILE_SYSTEM: entry<{ id: string }>(
    'FAILED_PRECONDITION',
    (m) => `Instance ${m.id} has no file system on its host (yet). Start it, or wait until it runs.`,
  ),
  ARCHIVE_INVALID: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `The upload is no tar archive that can be unpacked there: ${m.why}. What came before that may be unpacked.`,
    { field: 'chunk' },
  ),
  EXEC_IDLE: entry<{ seconds: string }>(
    'DEADLINE_EXCEEDED',
    (m) => `Neither side sent anything for ${m.seconds} s, so the program was ended. Run it again to go on.`,
  ),
  ENGINE_UNAVAILABLE: entry(
    'UNAVAILABLE',
    () => "The container engine of the instance's host does not answer. Instances run on; try again shortly.",
    { retryAfterSeconds: 5 },
  ),
  NOT_ON_THIS_DRIVER: entry<{ what: string; driver: string }>(
    'UNIMPLEMENTED',
    (m) => `Instances on ${m.driver} have no ${m.what}.`,
  ),
});
