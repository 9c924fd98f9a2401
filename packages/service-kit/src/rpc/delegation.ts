import { Metadata } from '@grpc/grpc-js';
import { commonErrors } from '@thecloud/kernel';
import type { Delegation } from '../context';
import type { UnaryOptions } from './client';

const PROJECT = 'x-thecloud-project';
const OPERATION = 'x-thecloud-operation';
const REQUESTED_BY = 'x-thecloud-requested-by';

/** The unary calls of a client, each made for that project and operation: its methods must be declared `delegated`. */
export function delegated<C extends object>(client: C, delegation: Delegation): C {
  return new Proxy(client, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function' || name === 'close') return call;
      const send = call as (request: unknown, options: UnaryOptions) => unknown;
      return (request: unknown, options: UnaryOptions) => send(request, withDelegation(options, delegation));
    },
  });
}

/** The operation's id is the request id of what is done because of it, as in the rest of a controller's calls. */
function withDelegation(
  options: UnaryOptions,
  { projectId, operationId, requestedBy }: Delegation,
): UnaryOptions {
  const metadata = options.metadata?.clone() ?? new Metadata();
  metadata.set(PROJECT, projectId);
  metadata.set(OPERATION, operationId);
  metadata.set(REQUESTED_BY, requestedBy);
  return { parent: { requestId: operationId }, ...options, metadata };
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads what a call to a `delegated` method says. INVALID_ARGUMENT DELEGATION_REQUIRED. */
export function delegationOf(header: (name: string) => string | undefined): Delegation {
  const named = (name: string) => {
    const value = header(name) ?? '';
    if (!ID.test(value)) throw commonErrors.DELEGATION_REQUIRED({ name });
    return value;
  };
  return { projectId: named(PROJECT), operationId: named(OPERATION), requestedBy: named(REQUESTED_BY) };
}
