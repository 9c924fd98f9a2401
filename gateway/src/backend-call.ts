import { setTimeout } from 'node:timers/promises';
import type { Client, ClientUnaryCall, Metadata, ServiceError } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { fromBackend } from './backend-error';

export interface CallOptions {
  readonly backend: string;
  readonly requestId: string;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
  /** Aborting it cancels the call. */
  readonly signal?: AbortSignal;
}

export interface UnaryOptions extends CallOptions {
  /** How often it is sent at most, where its backend is away; 1 when absent. What reads need, the channel does. */
  readonly attempts?: number;
}

/** Bytes pass through: the transcoder has made the message. */
export const asIs = (bytes: Buffer) => bytes;

/** A unary method that answers when something has come about, or a command has ended. */
export const waits = ({ http }: MethodEntry): boolean => /:(wait|exec)$/.test(http?.path ?? '');

const pauseMs = 50;

/**
 * One unary call of `path` with an encoded message. Rejects with the CloudError the backend answered. All attempts end
 * by the deadline of the first.
 */
export async function unaryCall(
  client: Client,
  path: string,
  message: Buffer,
  o: UnaryOptions,
): Promise<Buffer> {
  const endsAt = Date.now() + o.timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await oneCall(client, path, message, { ...o, timeoutMs: endsAt - Date.now() });
    } catch (error) {
      const away = error instanceof CloudError && error.code === 'UNAVAILABLE';
      if (!away || attempt >= (o.attempts ?? 1) || o.signal?.aborted) throw error;
    }
    await setTimeout(pauseMs * 2 ** attempt * (0.5 + Math.random() / 2));
  }
}

function oneCall(client: Client, path: string, message: Buffer, o: CallOptions): Promise<Buffer> {
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
