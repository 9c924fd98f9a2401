import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { CloudError } from '@thecloud/kernel';
import { commonErrors } from '@thecloud/kernel';
import { fromServiceError } from '@thecloud/service-kit';

/** Codes that mean something to a caller even without details; any other bare error is ours to explain, not to show. */
const bare: Partial<Record<status, (backend: string, cause: ServiceError) => CloudError>> = {
  [status.UNAVAILABLE]: (backend, cause) =>
    commonErrors.UNAVAILABLE({ what: `The ${backend} service` }, cause),
  [status.DEADLINE_EXCEEDED]: (_, cause) => commonErrors.DEADLINE_EXCEEDED({}, cause),
  [status.CANCELLED]: (_, cause) => commonErrors.CANCELLED({}, cause),
  [status.UNIMPLEMENTED]: (backend, cause) =>
    commonErrors.UNIMPLEMENTED({ method: `of this kind in ${backend}` }, cause),
};

/** Codes of our own bugs, whatever details they carry. */
const bugs: readonly status[] = [status.INTERNAL, status.UNKNOWN, status.DATA_LOSS];

/**
 * The error a backend answered with. Only one that carries google.rpc details was written for callers;
 * the text of any other (a lost connection, a crash) stays inside, as `cause`.
 */
export function fromBackend(error: ServiceError, backend: string, requestId: string): CloudError {
  const internal = () => commonErrors.INTERNAL({ requestId }, error);
  if (bugs.includes(error.code)) return internal();
  if (!error.metadata?.get('grpc-status-details-bin').length)
    return bare[error.code]?.(backend, error) ?? internal();
  try {
    return fromServiceError(error);
  } catch {
    return internal(); // its details cannot be decoded
  }
}
