import { commandNotExecutable, commandNotFound, DriverError } from '../../../ports/driver-error';
import type { ExecSpec } from '../../../ports/exec-driver';
import { messageOf } from '../../docker-engine';

const ABSENT = /^no such image/i;
const TAKEN = /port is already allocated|address already in use/i;

/** What Docker refused, in words for the instance's owner. */
export function startProblem(error: unknown): DriverError {
  const said = messageOf(error);
  if (TAKEN.test(said)) {
    const port = /(?:[\d.]+|::|\]):(\d+)/.exec(said)?.[1];
    const which = port ? `Host port ${port}` : 'A published host port';
    return new DriverError('PORT_TAKEN', `${which} is in use by another program on this host.`, true, {
      cause: error,
      ...(port ? { hostPort: Number(port) } : {}),
    });
  }
  if (ABSENT.test(said))
    return new DriverError('IMAGE_ABSENT', 'The image is not on this host.', true, { cause: error });
  return new DriverError('START_FAILED', `The container could not be started: ${readable(said)}`, false, {
    cause: error,
  });
}

/** "OCI runtime create failed: … unable to start container process: exec: \"x\": not found: unknown" -> the part that matters. */
function readable(said: string): string {
  // runc before 1.1, and since.
  const cause =
    said.split(/starting container process caused: |unable to start container process: /).at(-1) ?? said;
  return cause.replace(/: unknown$/, '').slice(0, 1000);
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
  return new DriverError('EXEC_FAILED', `${readable(text)}.`, false);
}
