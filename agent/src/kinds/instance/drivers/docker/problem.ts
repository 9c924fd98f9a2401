import { DriverError } from '../../../../core/driver-error';
import { commandNotExecutable, commandNotFound } from '../../ports/driver-problems';
import type { ExecSpec } from '../../ports/exec-driver';
import { messageOf } from '../docker-engine';
import { knownCause, UNKNOWN_CAUSE } from './causes';

const ABSENT = /^no such image/i;
const TAKEN = /port is already allocated|address already in use/i;

/** What Docker refused, in words of ours for the instance's owner; what it said is the cause, for the log. */
export function startProblem(error: unknown): DriverError {
  const said = messageOf(error);
  if (TAKEN.test(said)) {
    const port = /(?:[\d.]+|::|\]):(\d+)/.exec(said)?.[1];
    const which = port ? `Host port ${port}` : 'A published host port';
    return new DriverError('PORT_TAKEN', `${which} is in use by another program on this host.`, true, {
      cause: error,
      ...(port ? { facts: { problemPort: Number(port) } } : {}),
    });
  }
  if (ABSENT.test(said))
    return new DriverError('IMAGE_ABSENT', 'The image is not on this host.', true, { cause: error });
  return failed('started', error);
}

/** What Docker refused when a container was to end. */
export const stopProblem = (error: unknown): DriverError => failed('stopped', error);

function failed(what: 'started' | 'stopped', error: unknown): DriverError {
  const why = knownCause(messageOf(error)) ?? UNKNOWN_CAUSE;
  return new DriverError('START_FAILED', `The container could not be ${what}: ${why}`, false, {
    cause: error,
  });
}

/** Why a program beside the instance's own was not started, from the words of Docker and runc. */
export function refusedStart(said: string, { command, workingDir }: ExecSpec): DriverError {
  const program = command[0] ?? '';
  const why = /unable to start container process: (.*)/s.exec(said)?.[1] ?? said;
  const text = why.trim().replace(/: unknown$/, '');
  if (!/^chdir|^unable to find (user|group)/.test(text)) {
    if (/executable file not found|no such file or directory/.test(text)) return commandNotFound(program);
    if (/permission denied|exec format error|is a directory/.test(text)) return commandNotExecutable(program);
  }
  if (/^chdir/.test(text))
    return new DriverError('EXEC_FAILED', `It has no working directory ${workingDir} to run in.`, false);
  return execFailed(said);
}

/** The engine's words are the cause only where ours do not say it: then the log must. */
export function execFailed(said: string): DriverError {
  const known = knownCause(said);
  if (known) return new DriverError('EXEC_FAILED', known, false);
  return new DriverError('EXEC_FAILED', UNKNOWN_CAUSE, false, { cause: new Error(said.slice(0, 1000)) });
}
