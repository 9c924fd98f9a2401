/** The API's error body: application/problem+json (RFC 9457) with the cloud's own members. */
export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  reason?: string;
  domain?: string;
  metadata?: Record<string, string>;
  violations?: FieldViolation[];
  request_id?: string;
  advice?: string;
}

export interface FieldViolation {
  /** Path of the field at fault: "spec.type". */
  field: string;
  description: string;
}

/** The cloud answered, and the answer is no. `reason` is stable; `message` and `advice` are for people. */
export class CloudApiError extends Error {
  override readonly name = 'CloudApiError';
  /** The gRPC code: "NOT_FOUND"; empty if something between us and the cloud answered. */
  readonly code: string;
  readonly reason: string;
  /** Whose reason it is: "compute.thecloud". */
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  /** For whoever runs the cloud: it finds this call in the logs. */
  readonly requestId: string;
  /** What to do about it. */
  readonly advice: string;

  constructor(
    /** HTTP status. */
    readonly status: number,
    problem: Problem,
    /** When it may work again, in seconds from now, if the cloud said so. */
    readonly retryAfterSeconds?: number,
  ) {
    super(problem.detail ?? problem.title ?? `The cloud answered with HTTP status ${status}.`);
    this.code = problem.code ?? '';
    this.reason = problem.reason ?? '';
    this.domain = problem.domain ?? '';
    this.metadata = problem.metadata ?? {};
    this.violations = problem.violations ?? [];
    this.requestId = problem.request_id ?? '';
    this.advice = problem.advice ?? '';
  }
}

/** No answer came, or none that the cloud could have given. `cause` is the platform's own error. */
export class CloudConnectionError extends Error {
  override readonly name = 'CloudConnectionError';
  constructor(
    readonly url: string,
    /** What went wrong, in a few words: "no answer in time". */
    readonly why: string,
    cause?: unknown,
  ) {
    super(`The cloud at ${url} does not answer: ${why}.`, { cause });
  }
}

/** What was waited for did not happen in time; it may still. */
export class CloudTimeoutError extends Error {
  override readonly name = 'CloudTimeoutError';
}

/** The cloud accepted it, and then it failed. */
export class CloudFailedError extends Error {
  override readonly name = 'CloudFailedError';
  constructor(
    message: string,
    /** The operation or the resource, as it was last seen. */
    readonly subject: unknown,
  ) {
    super(message);
  }
}

/** Reads an error body; anything that is no problem document still makes an error, by its status alone. */
export function parseProblem(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Problem) : {};
  } catch {
    // Not JSON: a proxy in between answered.
    return {};
  }
}

/** The system's own words: fetch says only "fetch failed", the reason is one cause deeper. */
export function whyOf(thrown: unknown): string {
  const error = (thrown ?? {}) as { name?: string; message?: string; cause?: unknown };
  if (error.name === 'TimeoutError') return 'no answer in time';
  const cause = (error.cause ?? error) as { message?: string; code?: string };
  return cause.message || cause.code || error.message || 'unknown error';
}
