import { createHash } from 'node:crypto';
import { isRead } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { CloudError, commonErrors, invalidFields } from '@thecloud/kernel';
import type { Delegation, Peer, RequestContext } from '../context';
import type { Logger } from '../log';
import { authorize } from './authorize';
import { delegationOf } from './delegation';
import type { TokenVerifier } from './tokens';
import { Undecodable } from './undecodable';
import { validate } from './validate';

const IDEMPOTENCY_KEY = /^[A-Za-z0-9._~:-]{1,128}$/;

/** A call as it came, over whichever transport. */
export interface Arrived {
  readonly method: MethodEntry;
  readonly peer: Peer | undefined;
  /** A value of its metadata. */
  readonly header: (name: string) => string | undefined;
  /** Absent where requests are streamed. */
  readonly request?: object;
}

/** What a handler may know of its call while nobody has looked at who calls. `log` is made when first used. */
export type Basics = Pick<RequestContext, 'requestId' | 'signal' | 'accept' | 'log'>;

/** Who calls, may they, and is the request well formed? Throws the CloudError to answer with, if not. */
export async function admit(
  { method, peer, header, request }: Arrived,
  basics: Basics,
  tokens: TokenVerifier | undefined,
): Promise<RequestContext> {
  const principal = await authorize(method, peer, header('authorization'), tokens);
  const delegation = method.auth.delegated ? delegationOf(header) : undefined;
  const remoteAddress = peer?.kind === 'gateway' ? header('x-forwarded-for') : undefined;
  const sent = isRead(method) ? undefined : header('idempotency-key');
  if (sent !== undefined && !IDEMPOTENCY_KEY.test(sent)) throw commonErrors.IDEMPOTENCY_KEY_INVALID({});
  // A service's keys are not those of the project's own callers, whose keys have no slash.
  const key = sent && delegation ? `${peer?.kind}/${sent}` : sent;
  if (request) refuseInvalid(method, request);
  if (delegation) tellWhy(basics, delegation);
  // Assigned, not spread: reading `log` would make it.
  return Object.assign(basics, {
    method,
    ...(peer ? { peer } : {}),
    ...(principal ? { principal } : {}),
    ...(delegation ? { delegation } : {}),
    ...(remoteAddress ? { remoteAddress } : {}),
    ...(key ? { idempotencyKey: key, requestHash: request ? hashOf(method, request) : 'stream' } : {}),
  });
}

/** Each line of a delegated call's log says for whom it was made, and because of what. */
function tellWhy(basics: Basics, { projectId: project, operationId: operation }: Delegation): void {
  const { log } = basics;
  Object.defineProperty(basics, 'log', { value: log.child({ project, operation }), enumerable: true });
}

/** MALFORMED_MESSAGE; or INVALID_FIELDS, with every rule of the proto that is broken. */
export function refuseInvalid(method: MethodEntry, request: object): void {
  if (request instanceof Undecodable) throw commonErrors.MALFORMED_MESSAGE({}, request.cause);
  const violations = validate(method.input, request);
  if (violations.length > 0) throw invalidFields(violations);
}

/** What is no CloudError is a bug: it is logged whole, and its caller learns only whom to ask. */
export function asCloudError(thrown: unknown, basics: Pick<Basics, 'requestId' | 'log'>): CloudError {
  const { requestId } = basics;
  const error = thrown instanceof CloudError ? thrown : commonErrors.INTERNAL({ requestId }, thrown);
  if (error.code === 'INTERNAL') basics.log.error({ err: error.cause ?? error }, 'unhandled error');
  return error;
}

/** Made when somebody writes to it, which most calls never do. */
export function basicsOf(log: Logger, rpc: string, given: Omit<Basics, 'log'>): Basics {
  let made: Logger | undefined;
  return {
    ...given,
    get log() {
      return (made ??= log.child({ requestId: given.requestId, method: rpc }));
    },
  };
}

function hashOf(method: MethodEntry, request: object): string {
  const json = JSON.stringify(request, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : sorted(v)));
  return createHash('sha256').update(method.path).update(json).digest('hex');
}

/** Maps may arrive in any order; the same request must hash the same. */
function sorted(value: unknown): unknown {
  if (
    !value ||
    typeof value !== 'object' ||
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof Uint8Array
  )
    return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
