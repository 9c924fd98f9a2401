import { entry, errorCatalogue } from './errors';
import type { CloudError, FieldViolation } from './errors';

/** Reasons any service may answer with. */
export const commonErrors = errorCatalogue('thecloud', {
  INTERNAL: entry<{ requestId: string }>(
    'INTERNAL',
    (m) => `Something went wrong on our side. Ask your operator, with request id ${m.requestId}.`,
  ),
  UNAUTHENTICATED: entry(
    'UNAUTHENTICATED',
    () =>
      'No valid credential. Send an API key as X-API-Key or Authorization: Bearer; it may be unknown, expired or revoked.',
  ),
  PROJECT_REQUIRED: entry(
    'FAILED_PRECONDITION',
    () => 'Choose a project with the X-Project-Id header, or use an API key.',
  ),
  PERMISSION_DENIED: entry<{ permission: string }>(
    'PERMISSION_DENIED',
    (m) => `Your role here lacks ${m.permission}. Ask an owner or admin of the project for it.`,
  ),
  ADMINISTRATOR_REQUIRED: entry<{ permission: string }>(
    'PERMISSION_DENIED',
    (m) => `Only administrators of this cloud have ${m.permission}. Ask one of them.`,
  ),
  PEER_NOT_ALLOWED: entry<{ peer: string }>(
    'PERMISSION_DENIED',
    (m) => `A process of kind ${m.peer} may not call this.`,
  ),
  DELEGATION_REQUIRED: entry<{ name: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `Another service calls this for a project and an operation. Name them: ${m.name} is missing or no id.`,
  ),
  OWNED_BY_SERVICE: entry<{ id: string; service: string; owner: string }>(
    'PERMISSION_DENIED',
    (m) =>
      `${m.id} belongs to ${m.owner} of the ${m.service} service, which alone changes it. Change ${m.owner} instead.`,
  ),
  OWNER_GENERATION_STALE: entry<{ id: string; seen: string }>(
    'ABORTED',
    (m) =>
      `A newer wish (generation ${m.seen}) for ${m.id} has come before. Read the owner again and decide.`,
  ),
  UNAVAILABLE: entry<{ what: string }>(
    'UNAVAILABLE',
    (m) => `${m.what} does not answer right now. Try again shortly.`,
    {
      retryAfterSeconds: 2,
    },
  ),
  DEADLINE_EXCEEDED: entry(
    'DEADLINE_EXCEEDED',
    () => 'The request took too long and was given up. Try again.',
  ),
  CANCELLED: entry('CANCELLED', () => 'The caller went away.'),
  EGRESS_REFUSED: entry<{ host: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `${m.host} has an address that is not public, and this cloud does not connect there. Use a public one, or ask your operator to allow it (THECLOUD_EGRESS_ALLOW).`,
  ),
  REPORT_OUT_OF_ORDER: entry<{ what: string }>(
    'FAILED_PRECONDITION',
    (m) => `A stream of reports begins with one opening; here was ${m.what}. Open it anew.`,
  ),
  UNIMPLEMENTED: entry<{ method: string }>('UNIMPLEMENTED', (m) => `There is no method ${m.method}.`),
  IDEMPOTENCY_KEY_REUSED: entry(
    'FAILED_PRECONDITION',
    () => 'This Idempotency-Key was used for another request. Use a new key for a new request.',
    { field: 'idempotency-key' },
  ),
  IDEMPOTENCY_KEY_INVALID: entry(
    'INVALID_ARGUMENT',
    () => 'An Idempotency-Key is 1 to 128 characters out of letters, digits and . _ ~ : -',
    { field: 'idempotency-key' },
  ),
  REQUEST_IN_PROGRESS: entry(
    'ABORTED',
    () => 'The same request, with the same Idempotency-Key, is still being worked on. Try again shortly.',
    {
      retryAfterSeconds: 1,
    },
  ),
  PROJECT_CLOSED: entry(
    'FAILED_PRECONDITION',
    () =>
      'This project is being deleted, and nothing can be changed in it any more. Work in another project.',
  ),
  VERSION_MISMATCH: entry<{ current: string }>(
    'ABORTED',
    (m) => `It has changed meanwhile: its version is ${m.current}. Read it again and decide.`,
    { field: 'version' },
  ),
  INVALID_FIELDS: entry<{ problems: string }>(
    'INVALID_ARGUMENT',
    (m) => `The request is not valid. ${m.problems}`,
  ),
  MALFORMED_MESSAGE: entry(
    'INVALID_ARGUMENT',
    () => 'The bytes of the request are no message of the type that this method takes.',
  ),
  UNEXPLAINED: entry<{ status: string }>(
    'INTERNAL',
    (m) => `A part of the cloud failed with ${m.status} and gave no reason.`,
  ),
  OPERATION_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `There is no operation ${m.id} in this project.`,
  ),
  PAGE_TOKEN_INVALID: entry('INVALID_ARGUMENT', () => 'Not a page token of this list. Start without one.', {
    field: 'page_token',
  }),
  STALE_EPOCH: entry<{ seen: string }>(
    'FAILED_PRECONDITION',
    (m) => `A newer leader (epoch ${m.seen}) has taken over.`,
  ),
});

/** The request breaks rules of its fields: one violation each. */
export function invalidFields(violations: readonly FieldViolation[]): CloudError {
  const problems = violations.map((v) => `${v.field}: ${v.description}`).join('; ');
  return commonErrors.INVALID_FIELDS({ problems }).with({ violations });
}
