import { CloudApiError, CloudConnectionError } from '@thecloud/sdk';
import { CliError, exitCodes, interrupted, ProgramExit, type ExitCode } from './exit-codes';
import { printable } from './output';
import { codeOf, messageOf } from './thrown';

/** What is printed of an error: what happened, further facts, what to do. */
export function inWords({ message, details, advice = '' }: CliError): string {
  const next = advice.split('\n').filter(Boolean);
  const lines = [
    `Error: ${message}`,
    ...details.map((line) => `  ${line}`),
    ...next.map((line) => `→ ${line}`),
  ];
  return lines.map((line) => `${line.match(/^ */)![0]}${printable(line)}\n`).join('');
}

/** What the user is told of an error of the SDK; anything else is answered as it is. */
export function explain(error: unknown, interruptedBy: AbortSignal): unknown {
  if (error instanceof CliError) return error;
  if (interruptedBy.aborted) return interrupted();
  if (error instanceof CloudApiError) {
    return new CliError(exitCodeOf(error), error.message, adviceFor(error), detailsOf(error));
  }
  if (error instanceof CloudConnectionError) {
    return new CliError(exitCodes.unavailable, error.message, startIt);
  }
  return ofTheSystem(error) ?? error;
}

/** What the operating system refuses of a file or a pipe that the user named is no fault of this program. */
function ofTheSystem(error: unknown): Error | undefined {
  const { code, syscall, path } = (error ?? {}) as { code?: string; syscall?: string; path?: string };
  if (syscall === 'write' && path === undefined) return outputLost(error);
  if (typeof code !== 'string' || typeof path !== 'string') return undefined;
  return new CliError(exitCodes.usage, `${path} cannot be used: ${messageOf(error)}.`);
}

/** Standard output takes no more. A reader that has seen enough (`cloud … | head`) is no fault. */
export function outputLost(error: unknown): Error {
  if (codeOf(error) === 'EPIPE') return new ProgramExit(exitCodes.ok);
  return new CliError(exitCodes.unexpected, `The output cannot be written: ${messageOf(error)}.`);
}

const startIt =
  'Start it with `make up` in its source tree, or name another with THECLOUD_URL or `cloud login --server URL`.';

const byCode: Record<string, ExitCode> = {
  INVALID_ARGUMENT: exitCodes.usage,
  OUT_OF_RANGE: exitCodes.usage,
  UNAUTHENTICATED: exitCodes.forbidden,
  PERMISSION_DENIED: exitCodes.forbidden,
  NOT_FOUND: exitCodes.notFound,
  ALREADY_EXISTS: exitCodes.conflict,
  FAILED_PRECONDITION: exitCodes.conflict,
  ABORTED: exitCodes.conflict,
  RESOURCE_EXHAUSTED: exitCodes.conflict,
  UNAVAILABLE: exitCodes.unavailable,
  DEADLINE_EXCEEDED: exitCodes.unavailable,
};

/** Reasons that say more than their code. */
const byReason: Record<string, ExitCode> = {
  SESSION_REQUIRED: exitCodes.forbidden,
  REGISTRATION_CLOSED: exitCodes.forbidden,
  PROJECT_REQUIRED: exitCodes.usage,
  // As a shell says it: these are of the program that was to run, not of this one.
  COMMAND_NOT_FOUND: exitCodes.commandNotFound,
  COMMAND_NOT_EXECUTABLE: exitCodes.commandNotExecutable,
};

const byStatus: Record<number, ExitCode> = {
  400: exitCodes.usage,
  401: exitCodes.forbidden,
  403: exitCodes.forbidden,
  404: exitCodes.notFound,
  408: exitCodes.unavailable,
  409: exitCodes.conflict,
  412: exitCodes.conflict,
  413: exitCodes.usage,
  415: exitCodes.usage,
  422: exitCodes.usage,
  429: exitCodes.conflict,
  502: exitCodes.unavailable,
  503: exitCodes.unavailable,
  504: exitCodes.unavailable,
};

// A rate limit passes (Retry-After says when); a quota or a full cloud does not pass by itself.
function exitCodeOf({ status, code, reason, retryAfterSeconds }: CloudApiError): ExitCode {
  if (status === 429 && retryAfterSeconds !== undefined) return exitCodes.unavailable;
  return byReason[reason] ?? byCode[code] ?? byStatus[status] ?? exitCodes.unexpected;
}

/** What a refusal is about that another role in the project would end. */
const byRole = new Set(['PERMISSION_DENIED', 'OWNER_REQUIRED', 'ROLE_TOO_HIGH']);

// In the terms of this program: the problem's own `advice` speaks of headers and routes.
function adviceFor({ status, code, reason, retryAfterSeconds }: CloudApiError): string | undefined {
  if (reason === 'PROJECT_REQUIRED') return 'Choose a project with: cloud project use NAME';
  if (reason === 'SESSION_REQUIRED') return 'Sign in with your e-mail address and password: cloud login';
  if (reason === 'LOGIN_FAILED') {
    return 'If you have no account here yet: cloud register. If this is the wrong cloud: --server URL or --context NAME.';
  }
  if (status === 401) return 'Sign in with: cloud login';
  if (reason === 'ADMINISTRATOR_REQUIRED') return 'See who you are with: cloud whoami.';
  if (status === 403 && byRole.has(reason)) {
    return 'See who you are with: cloud whoami. An owner or admin of the project can change your role.';
  }
  if (retryAfterSeconds !== undefined) return `Try again in ${Math.ceil(retryAfterSeconds)} s.`;
  if (status === 502 || status === 503 || status === 504) return 'Try again in a moment.';
  if (code === 'ABORTED') return 'Somebody changed it meanwhile: look at it, then try again.';
  if (status >= 500) return 'If it happens again, give the request id to the operator of this cloud.';
  // A success that is not what the cloud says: something else listens there.
  if (status < 400) return 'Is it the cloud that listens there? See the address with: cloud context list';
  return undefined;
}

function detailsOf({ violations, message, reason, code, requestId }: CloudApiError): string[] {
  const lines = violations
    .filter(({ description }) => !message.includes(description))
    .map(({ field, description }) => `${field}: ${description}`);
  const facts = [reason || code, requestId && `request ${requestId}`].filter(Boolean);
  return facts.length > 0 ? [...lines, `(${facts.join(', ')})`] : lines;
}
