import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { googleRpc } from '@thecloud/api';
import { CloudError, commonErrors } from '@thecloud/kernel';
import type { Code, FieldViolation } from '@thecloud/kernel';

const DETAILS = 'grpc-status-details-bin';
const TYPE = 'type.googleapis.com/google.rpc.';

/** A CloudError as google.rpc.Status: code, text, and details (ErrorInfo, BadRequest, RetryInfo). */
export function toStatus(error: CloudError): { code: status; message: string; encoded: Buffer } {
  const any = (name: string, value: Uint8Array) => ({ typeUrl: TYPE + name, value: Buffer.from(value) });
  const info = googleRpc.ErrorInfo.encode({
    reason: error.reason,
    domain: error.domain,
    metadata: { ...error.metadata },
  });
  const details = [any('ErrorInfo', info.finish())];
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map((v) =>
      googleRpc.BadRequest_FieldViolation.fromPartial({ ...v }),
    );
    details.push(any('BadRequest', googleRpc.BadRequest.encode({ fieldViolations }).finish()));
  }
  if (error.retryAfterSeconds !== undefined) {
    const retryDelay = { seconds: BigInt(error.retryAfterSeconds), nanos: 0 };
    details.push(any('RetryInfo', googleRpc.RetryInfo.encode({ retryDelay }).finish()));
  }
  const code = status[error.code];
  const { message } = error;
  return {
    code,
    message,
    encoded: Buffer.from(googleRpc.Status.encode({ code, message, details }).finish()),
  };
}

/** The same as gRPC carries it: the details go in a trailer. */
export function toServiceError(error: CloudError): { code: status; details: string; metadata: Metadata } {
  const { code, message, encoded } = toStatus(error);
  const metadata = new Metadata();
  metadata.set(DETAILS, encoded);
  return { code, details: message, metadata };
}

/** The inverse. A failure that carries no details (transport, deadline) becomes the common error of its code. */
export function fromServiceError(error: ServiceError): CloudError {
  const raw = error.metadata?.get(DETAILS)[0];
  if (raw instanceof Buffer) return fromDetails(error, raw);
  if (error.code === status.DEADLINE_EXCEEDED) return commonErrors.DEADLINE_EXCEEDED({}, error);
  if (error.code === status.CANCELLED) return commonErrors.CANCELLED({}, error);
  if (error.code === status.UNIMPLEMENTED)
    return commonErrors.UNIMPLEMENTED({ method: error.details }, error);
  if (error.code === status.UNAVAILABLE)
    return commonErrors.UNAVAILABLE({ what: 'A part of the cloud' }, error);
  return commonErrors.UNEXPLAINED({ status: status[error.code] ?? String(error.code) }, error);
}

function fromDetails(error: ServiceError, raw: Buffer): CloudError {
  let info = googleRpc.ErrorInfo.fromPartial({ reason: status[error.code], domain: 'thecloud' });
  let violations: FieldViolation[] = [];
  let retryAfterSeconds: number | undefined;
  for (const detail of googleRpc.Status.decode(raw).details) {
    if (detail.typeUrl === `${TYPE}ErrorInfo`) info = googleRpc.ErrorInfo.decode(detail.value);
    if (detail.typeUrl === `${TYPE}BadRequest`)
      violations = googleRpc.BadRequest.decode(detail.value).fieldViolations;
    if (detail.typeUrl === `${TYPE}RetryInfo`)
      retryAfterSeconds = Number(googleRpc.RetryInfo.decode(detail.value).retryDelay?.seconds ?? 0n);
  }
  return new CloudError(status[error.code] as Code, info.domain, info.reason, error.details, info.metadata, {
    cause: error,
    violations,
    retryAfterSeconds,
  });
}
