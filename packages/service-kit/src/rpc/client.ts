import type {
  CallOptions,
  ChannelCredentials,
  Client,
  ClientOptions,
  ClientUnaryCall,
  Metadata,
  ServiceDefinition,
  ServiceError,
} from '@grpc/grpc-js';
import { isRepeatable, methods } from '@thecloud/api';
import type { RequestContext } from '../context';
import { commonErrors, passing } from '@thecloud/kernel';
import { serverName } from '../certificates/peer';
import { Lane, LaneBroken } from './lane-client';
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

/**
 * A call that never reached a replica is sent to another one by grpc-js itself, whatever it is. One that failed with
 * UNAVAILABLE may have been carried out, so only methods that may always be repeated are tried again.
 */
const serviceConfig = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: methods.filter((m) => isRepeatable(m, false)).map((m) => ({ service: m.service, method: m.rpc })),
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.05s',
        maxBackoff: '0.5s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};
/** Channel options every client of ours has. */
export function channelOptions(serverKind: string): ClientOptions {
  return {
    'grpc.ssl_target_name_override': serverName(serverKind),
    'grpc.service_config': JSON.stringify(serviceConfig),
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.keepalive_permit_without_calls': 1, // calls shorter than the interval must find a dead connection, too
    'grpc.max_receive_message_length': 16 << 20,
  };
}

type Constructor<C> = new (address: string, credentials: ChannelCredentials, options?: ClientOptions) => C;
type Call = (request: unknown, options: UnaryOptions) => Promise<unknown>;

export function createClient<C extends Client>(Ctor: Constructor<C>, target: ClientTarget): UnaryClient<C> {
  const raw = new Ctor(target.target, target.credentials, channelOptions(target.serverKind));
  return unaryClient(raw, (name) => plain(raw, name));
}

/**
 * The same to one process, whose calls share a lane: those of a turn of the event loop travel in one message. The lane
 * opens with the first call; while it is not open, calls go the plain way.
 */
export function createLaneClient<C extends Client>(
  Ctor: Constructor<C> & { readonly service: ServiceDefinition },
  target: ClientTarget,
): UnaryClient<C> {
  const raw = new Ctor(target.target, target.credentials, channelOptions(target.serverKind));
  const lane = new Lane(raw, false);
  return unaryClient(raw, (name) => {
    const plainly = plain(raw, name);
    const method = Ctor.service[name];
    if (!method) return plainly;
    return (request, options) => {
      if (lane.usable) return overLane(lane, method, request, options);
      lane.open();
      return plainly(request, options);
    };
  });
}

function unaryClient<C extends Client>(raw: C, callOf: (name: string) => Call): UnaryClient<C> {
  const calls = new Map<string, Call>();
  return new Proxy({} as UnaryClient<C>, {
    get(_, name) {
      if (name === 'raw') return raw;
      if (name === 'close') return () => raw.close();
      if (typeof name !== 'string' || name === 'then') return undefined;
      const known = calls.get(name);
      if (known) return known;
      const call = announced(name, callOf(name));
      calls.set(name, call);
      return call;
    },
  });
}

/** A call is a step that a crash may come before or after, whichever way it goes. */
function announced(name: string, call: Call): Call {
  return (request, options) => {
    passing('before call', name);
    return call(request, options).finally(() => passing('after call', name));
  };
}

function plain(client: Client, name: string): Call {
  const method = (client as unknown as Record<string, Raw<unknown, unknown>>)[name];
  if (!method) throw new Error(`the client has no method ${name}`);
  return (request, options) =>
    new Promise((resolve, reject) => {
      const metadata = outgoing(options.parent, options.metadata?.clone());
      const deadline = Date.now() + options.timeoutMs;
      const call = method.call(client, request, metadata, { deadline }, (error, response) => {
        options.signal?.removeEventListener('abort', cancel);
        if (error) reject(fromServiceError(error));
        else resolve(response);
      });
      const cancel = () => call.cancel();
      if (options.signal?.aborted) cancel();
      options.signal?.addEventListener('abort', cancel, { once: true });
    });
}

/** One whose lane broke may have been carried out or not, as one whose connection broke. */
async function overLane(
  lane: Lane,
  { path, requestSerialize, responseDeserialize }: ServiceDefinition[string],
  request: unknown,
  { timeoutMs, signal, metadata, parent }: UnaryOptions,
): Promise<unknown> {
  const headers = outgoing(parent, metadata?.clone()).getMap() as Record<string, string>;
  const options = { metadata: headers, timeoutMs, ...(signal ? { signal } : {}) };
  try {
    return responseDeserialize(await lane.call(path, requestSerialize(request), options));
  } catch (error) {
    if (error instanceof LaneBroken) throw commonErrors.UNAVAILABLE({ what: 'A part of the cloud' }, error);
    throw fromServiceError(error as ServiceError);
  }
}
