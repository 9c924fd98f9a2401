/**
 * Why a program was not started, in words of ours. The texts of Docker and runc are for the log: they name paths of the
 * host and their own steps. Each cause is told by a piece of their text; what it captures is shown as a tenant wrote it.
 */
const CAUSES: ReadonlyArray<readonly [RegExp, (captured: string) => string]> = [
  [/no command specified/i, () => 'Neither the instance nor its image names a program to run.'],
  [/unable to find user ([^:]*): /i, (name) => `Its image has no user ${name}.`],
  [/unable to find group ([^:]*): /i, (name) => `Its image has no group ${name}.`],
  [/uids and gids must be in range/i, () => 'The number of its user or group is out of range.'],
  [/\bcwd\b|chdir to cwd|cannot mkdir/i, () => 'Its working directory cannot be used: it is no directory, or not to be entered.'],
  [/environment variable/i, () => 'An environment variable of it has no name, or a NUL character.'],
  [/minimum memory limit|oom-killed|memory limit too low/i, () => 'It has too little memory to be started.'],
  [/argument list too long/i, () => 'Its command and environment are too long together.'],
  [/cannot mount volume|error mounting|rootfs_linux|no place for a volume|\/proc\/sys\//i, () => 'A volume that its image declares cannot be mounted there.'],
  [/invalid argument/i, () => 'Its image or command holds what no program can be started with.'],
  [/no space left|disk quota/i, () => 'The disk of the host is full.'],
  [/exec: "([^"]*)": .*(?:not found|no such file)/is, (program) => `There is no program ${program} in its image.`],
  [/exec: "([^"]*)": .*permission denied/is, (program) => `${program} may not be executed.`],
  [/exec: "([^"]*)": .*is a directory/is, (program) => `${program} is a directory.`],
  [/exec format error/i, () => 'It is no program that this host can run: it is for another platform, or has no #! line.'],
]; // prettier-ignore

/** Undefined: it is none that is known, and only the log of the host says more. */
export function knownCause(said: string): string | undefined {
  for (const [pattern, words] of CAUSES) {
    const found = pattern.exec(said);
    if (found) return words((found[1] ?? '').slice(0, 200).replace(/\p{Cc}/gu, '?'));
  }
  return undefined;
}

export const UNKNOWN_CAUSE =
  "The container engine of the host refused it; the log of the host's agent says why.";
