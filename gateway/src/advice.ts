import type { CloudError, Code } from '@thecloud/kernel';

const byReason: Record<string, string> = {
  UNKNOWN_ROUTE: 'Look the route up in /openapi.json, or read it at /docs.',
  MALFORMED_JSON: 'Send one JSON object in UTF-8.',
  UNSUPPORTED_MEDIA_TYPE:
    'Set the Content-Type header, for example with curl -H "Content-Type: application/json".',
  INVALID_FIELDS: 'Correct the fields under violations; /docs shows what each one takes.',
  PROJECT_REQUIRED:
    'Send X-Project-Id with an id from GET /v1/projects, or use an API key: it has a project.',
  ADMINISTRATOR_REQUIRED: 'Ask an administrator of the installation, or use the credential of one.',
  USER_DISABLED: 'Ask an administrator of the installation to enable the account.',
  IDEMPOTENCY_KEY_REUSED: 'Send a new Idempotency-Key.',
  VERSION_MISMATCH: 'Read the resource again and send its metadata.version as If-Match.',
};

const byCode: Record<Code, string> = {
  INVALID_ARGUMENT: 'Correct the request; sent again as it is, it will fail again.',
  FAILED_PRECONDITION: 'Bring about what detail asks for, then send the request again.',
  UNAUTHENTICATED:
    'Send a valid API key as X-API-Key or Authorization: Bearer, or sign in with POST /v1/sessions.',
  PERMISSION_DENIED: 'Ask an owner or admin of the project for a role that may do this.',
  NOT_FOUND: 'Check the id, and that the credential is for the project it belongs to.',
  ALREADY_EXISTS: 'Choose another name, or use the one that exists.',
  ABORTED: 'Read the current state and try again.',
  RESOURCE_EXHAUSTED: 'Free something, ask for a higher limit, or try again later (see Retry-After).',
  CANCELLED: 'The caller went away before the answer.',
  INTERNAL: 'Try again with the same Idempotency-Key; if it persists, give your operator the request_id.',
  UNIMPLEMENTED: 'Look up in /openapi.json what is possible here.',
  UNAVAILABLE: 'Try again shortly, with the same Idempotency-Key.',
  DEADLINE_EXCEEDED:
    'Find out whether it was done, or try again with the same Idempotency-Key if the method takes one (see /docs).',
};

/** What the person reading the problem does next. */
export function adviceFor(error: CloudError): string {
  return byReason[error.reason] ?? byCode[error.code] ?? byCode.INTERNAL;
}
