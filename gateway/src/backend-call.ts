import type { Client, ClientUnaryCall, Metadata, ServiceError } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { fromBackend } from './backend-error';

export interface CallOptions {
  readonly backend: string;
  readonly requestId: string;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
  /** Aborting it cancels the call. */
  readonly signal?: AbortSignal;
}

/** Bytes pass through: the transcoder has made the message. */
export const asIs = (bytes: Buffer) => bytes;

/** A unary method that answers when something has come about, or a command has ended. */
export const waits = ({ http }: MethodEntry): boolean => /:(wait|exec)$/.test(http?.path ?? '');

/** One unary call of `path` with an encoded message. Rejects with the CloudError the backend answered. */
export function unaryCall(client: Client, path: string, message: Buffer, o: CallOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + o.timeoutMs };
    const done = (error: ServiceError | null, answer?: Buffer) => {
      o.signal?.removeEventListener('abort', cancel);
      if (error || !answer) reject(fromBackend(error ?? emptyAnswer, o.backend, o.requestId));
      else resolve(answer);
    };
    const call: ClientUnaryCall = client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      message,
      o.metadata,
      options,
      done,
    );
    const cancel = () => call.cancel();
    if (o.signal?.aborted) cancel();
    else o.signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Stands for an answer without a message, which gRPC does not allow. */
export const emptyAnswer = Object.assign(new Error('answered nothing'), {
  code: 13,
  details: '',
}) as ServiceError;
