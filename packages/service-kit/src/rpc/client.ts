import type {
  CallOptions,
  ChannelCredentials,
  Client,
  ClientOptions,
  ClientUnaryCall,
  Metadata,
  ServiceError,
} from '@grpc/grpc-js';
import type { RequestContext } from '../context';
import { passing } from '@thecloud/kernel';
import { serverName } from '../certificates/peer';
import { outgoing } from './open-stream';
import { fromServiceError } from './wire-errors';

export interface UnaryOptions {
  /** Deadline of this call, in milliseconds. There is no call without one. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly metadata?: Metadata;
  /** The call this one is made for: its request id goes along. */
  readonly parent?: Pick<RequestContext, 'requestId'>;
}

type Callback<R> = (error: ServiceError | null, response: R) => void;
type Raw<Q, R> = (
  request: Q,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: Callback<R>,
) => ClientUnaryCall;

/** The unary calls of a ts-proto client, as promises that fail with CloudError. */
export type UnaryClient<C> = {
  [K in keyof C as C[K] extends Raw<never, unknown> ? K : never]: C[K] extends (
    request: infer Q,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (error: ServiceError | null, response: infer R) => void,
  ) => ClientUnaryCall
    ? (request: Q, options: UnaryOptions) => Promise<R>
    : never;
} & { readonly raw: C; close(): void };

export interface ClientTarget {
  /** host:port, or "thecloud:///compute" to go through discovery. */
  readonly target: string;
  readonly credentials: ChannelCredentials;
  /** Whose certificate the other end must show. */
  readonly serverKind: string;
}

/** A second try on another replica when a call never reached one; the answer of one that did is never repeated. */
const SERVICE_CONFIG = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.05s',
        maxBackoff: '0.5s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
});

/** Channel options every client of ours has. */
export function channelOptions(serverKind: string): ClientOptions {
  return {
    'grpc.ssl_target_name_override': serverName(serverKind),
    'grpc.service_config': SERVICE_CONFIG,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.max_receive_message_length': 16 << 20,
  };
}

export function createClient<C extends Client>(
  Ctor: new (address: string, credentials: ChannelCredentials, options?: ClientOptions) => C,
  { target, credentials, serverKind }: ClientTarget,
): UnaryClient<C> {
  const raw = new Ctor(target, credentials, channelOptions(serverKind));
  const calls = new Map<string, unknown>();
  return new Proxy({} as UnaryClient<C>, {
    get(_, name) {
      if (name === 'raw') return raw;
      if (name === 'close') return () => raw.close();
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (!calls.has(name)) calls.set(name, promised(raw, name));
      return calls.get(name);
    },
  });
}

function promised(client: Client, name: string) {
  const method = (client as unknown as Record<string, Raw<unknown, unknown>>)[name];
  if (!method) throw new Error(`the client has no method ${name}`);
  return (request: unknown, options: UnaryOptions) =>
    new Promise((resolve, reject) => {
      passing('before call', name);
      const metadata = outgoing(options.parent, options.metadata?.clone());
      const deadline = Date.now() + options.timeoutMs;
      const call = method.call(client, request, metadata, { deadline }, (error, response) => {
        options.signal?.removeEventListener('abort', cancel);
        passing('after call', name);
        if (error) reject(fromServiceError(error));
        else resolve(response);
      });
      const cancel = () => call.cancel();
      if (options.signal?.aborted) cancel();
      options.signal?.addEventListener('abort', cancel, { once: true });
    });
}
