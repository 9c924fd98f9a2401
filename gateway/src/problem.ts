import type { ServerResponse } from 'node:http';
import { CloudError, commonErrors } from '@thecloud/kernel';
import type { Code, FieldViolation } from '@thecloud/kernel';
import { adviceFor } from './advice';
import { httpStatusOfReason } from './errors';

/** RFC 9457, with what a program needs beside: `reason` is stable, `detail` is for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: Code;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly request_id: string;
  readonly advice: string;
}

/** google.rpc.Code's own mapping to HTTP. */
const httpStatus: Record<Code, number> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

export function toProblem(error: CloudError, requestId: string): Problem {
  const words = error.reason.toLowerCase().replaceAll('_', ' ');
  return {
    type: `urn:thecloud:error:${error.reason}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status: httpStatusOfReason[error.reason] ?? httpStatus[error.code] ?? 500,
    detail: error.message,
    code: error.code,
    reason: error.reason,
    domain: error.domain,
    metadata: error.metadata,
    violations: error.violations.map(({ field, description }) => ({ field, description })),
    request_id: requestId,
    advice: adviceFor(error),
  };
}

/** Anything that is no CloudError is a bug of ours: the caller learns only whom to ask. */
export function toCloudError(thrown: unknown, requestId: string): CloudError {
  return thrown instanceof CloudError ? thrown : commonErrors.INTERNAL({ requestId }, thrown);
}

/** Answers with the problem, unless an answer has begun. */
export function sendProblem(res: ServerResponse, error: CloudError, requestId: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const problem = toProblem(error, requestId);
  if (problem.status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="thecloud"');
  if (problem.reason === 'METHOD_NOT_ALLOWED') res.setHeader('Allow', problem.metadata.allow ?? '');
  if (error.retryAfterSeconds !== undefined) {
    res.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  }
  res.statusCode = problem.status;
  res.setHeader('Content-Type', 'application/problem+json');
  res.end(JSON.stringify(problem));
}
