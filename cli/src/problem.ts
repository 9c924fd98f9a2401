import { CliError, exitCodes, type ExitCode } from './exit-codes';

/** The API's error body: application/problem+json (RFC 9457) with the cloud's own members. */
export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  reason?: string;
  domain?: string;
  metadata?: Record<string, string>;
  violations?: { field: string; description: string }[];
  request_id?: string;
}

/** An answer of the API that is not a success. */
export class ApiError extends CliError {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly problem: Problem,
    retryAfterSeconds?: number,
  ) {
    super(
      exitCodeOf(status, problem.code, retryAfterSeconds !== undefined),
      problem.detail ?? problem.title ?? `The cloud answered with HTTP status ${status}.`,
      adviceFor(status, problem, retryAfterSeconds),
      detailsOf(problem),
    );
  }
}

/** Reads an error body; anything that is not a problem document still makes a readable error. */
export function parseProblem(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Problem) : {};
  } catch {
    // Not JSON: a proxy in between answered, and the status alone has to do.
    return {};
  }
}

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
function exitCodeOf(status: number, code: string | undefined, passes: boolean): ExitCode {
  if (status === 429 && passes) return exitCodes.unavailable;
  return byCode[code ?? ''] ?? byStatus[status] ?? exitCodes.unexpected;
}

// In the terms of this program: the problem's own `advice` speaks of headers and routes.
function adviceFor(status: number, problem: Problem, retryAfterSeconds?: number): string | undefined {
  const { reason } = problem;
  if (reason === 'PROJECT_REQUIRED') return 'Choose a project with: cloud project use NAME';
  if (status === 401) return 'Sign in with: cloud login';
  if (status === 403) {
    return 'See who you are with: cloud whoami. An owner or admin of the project can change your role.';
  }
  if (retryAfterSeconds !== undefined) return `Try again in ${retryAfterSeconds} s.`;
  if (status === 502 || status === 503 || status === 504) return 'Try again in a moment.';
  if (problem.code === 'ABORTED') return 'Somebody changed it meanwhile: look at it, then try again.';
  if (status >= 500) return 'If it happens again, give the request id to the operator of this cloud.';
  return undefined;
}

function detailsOf(problem: Problem): string[] {
  const lines = (problem.violations ?? [])
    .filter((v) => v.description !== problem.detail)
    .map((v) => `${v.field}: ${v.description}`);
  const facts = [problem.reason ?? problem.code, problem.request_id && `request ${problem.request_id}`];
  const known = facts.filter((fact) => fact !== undefined && fact !== '');
  return known.length > 0 ? [...lines, `(${known.join(', ')})`] : lines;
}
