import { createHash, randomUUID } from 'node:crypto';
import { Metadata, Server } from '@grpc/grpc-js';
import type {
  ServerCredentials,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServerReadableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { isRead, methodByPath } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { CloudError, commonErrors, invalidFields } from '@thecloud/kernel';
import { peerOf } from '../certificates/peer';
import type { RequestContext } from '../context';
import type { Logger } from '../log';
import { serverSpan, traceId } from '../telemetry/tracing';
import type { RpcMetrics } from '../telemetry/metrics';
import { authorize } from './authorize';
import type { Implementation } from './implement';
import { addReflection } from './reflection';
import type { TokenVerifier } from './tokens';
import { validate } from './validate';
import { toServiceError } from './wire-errors';

type AnyCall = ServerUnaryCall<object, object> &
  ServerWritableStream<object, object> &
  ServerReadableStream<object, object> &
  ServerDuplexStream<object, object>;

export interface RpcServerOptions {
  /** "127.0.0.1:0": any free port. */
  readonly address: string;
  readonly credentials: ServerCredentials;
  readonly services: readonly Implementation[];
  /** Needed by services with methods for users. */
  readonly tokens?: TokenVerifier;
  readonly log: Logger;
  readonly metrics: RpcMetrics;
}

export interface RpcServer {
  readonly port: number;
  /** Takes no new calls, lets the running ones finish for at most 8 s, then cuts them off. */
  drain(): Promise<void>;
}

const DRAIN_MS = 8_000;
const LONGEST_UNARY_MS = 90_000;
const IDEMPOTENCY_KEY = /^[A-Za-z0-9._~:-]{1,128}$/;

/**
 * A gRPC server whose every call passes, in this order: who calls, may they, is the request well formed; then the
 * handler; then errors become google.rpc details, and one line and one measurement record the call.
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': 4 << 20,
    'grpc.max_concurrent_streams': 1_000,
  });
  const health = new HealthImplementation({ '': 'SERVING' });
  for (const implementation of options.services) {
    server.addService(implementation.definition, wire(implementation, options));
    const path = Object.values(implementation.definition)[0]?.path;
    if (path) health.setStatus(path.split('/')[1] ?? '', 'SERVING');
  }
  health.addToServer(server);
  addReflection(server, options.services);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.address, options.credentials, (err, bound) =>
      err ? reject(err) : resolve(bound),
    );
  });
  return {
    port,
    drain: () =>
      new Promise((resolve) => {
        health.setStatus('', 'NOT_SERVING');
        const cut = setTimeout(() => server.forceShutdown(), DRAIN_MS);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

function wire(
  { definition, handlers }: Implementation,
  options: RpcServerOptions,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(definition).map(([name, { path }]) => {
      const method = methodByPath(path);
      const handler = handlers[name];
      if (!method || !handler) throw new Error(`${path} is in no method table or has no handler`);
      return [name, serve(method, handler as (ctx: RequestContext, request: object) => unknown, options)];
    }),
  ) as unknown as UntypedServiceImplementation;
}

/** One call, of whichever kind: grpc-js hands unary and client-streaming calls a callback, the others write. */
function serve(
  method: MethodEntry,
  handler: (ctx: RequestContext, request: object) => unknown,
  options: RpcServerOptions,
) {
  return (call: AnyCall, callback?: sendUnaryData<object>) => {
    const started = performance.now();
    const aborter = new AbortController();
    call.on('cancelled', () => aborter.abort(commonErrors.CANCELLED({})));
    // An 'error' event without a listener would end the process; the handler sees the abort.
    call.on('error', (cause: unknown) => aborter.abort(cause));
    const deadline =
      method.responseStream || method.requestStream
        ? undefined
        : setTimeout(() => aborter.abort(commonErrors.DEADLINE_EXCEEDED({})), LONGEST_UNARY_MS);
    const requestId = String(call.metadata.get('x-request-id')[0] ?? randomUUID());
    const log = options.log.child({ requestId, method: method.rpc });
    const accept = () => {
      if (method.responseStream && !call.cancelled) call.sendMetadata(new Metadata());
    };

    const answered = serverSpan(method.path, call.metadata, async () => {
      const ctx = await admit(method, call, { requestId, signal: aborter.signal, accept, log }, options);
      if (!method.requestStream) refuseInvalid(method, call.request);
      const result = handler(ctx, method.requestStream ? (checked(method, call) as object) : call.request);
      if (method.responseStream) await writeAll(call, result as AsyncIterable<object>, aborter.signal);
      else callback?.(null, (await result) as object);
    });
    answered
      .then(
        () => 'OK',
        (thrown: unknown) => {
          const error = asCloudError(thrown, requestId, log);
          if (callback) callback(toServiceError(error));
          else call.emit('error', toServiceError(error));
          return error.code;
        },
      )
      .then((code) => {
        clearTimeout(deadline);
        const seconds = (performance.now() - started) / 1000;
        options.metrics.observe(method, code, seconds);
        log.debug({ code, ms: Math.round(seconds * 1000), traceId: traceId() }, 'call');
      })
      .catch((err: unknown) => log.error({ err }, 'an answer could not be sent'));
  };
}

async function admit(
  method: MethodEntry,
  call: AnyCall,
  basics: Pick<RequestContext, 'requestId' | 'signal' | 'accept' | 'log'>,
  options: RpcServerOptions,
): Promise<RequestContext> {
  const peer = peerOf(call.getAuthContext().sslPeerCertificate);
  const principal = await authorize(method, peer, call.metadata, options.tokens);
  const remoteAddress = peer?.kind === 'gateway' ? text(call.metadata, 'x-forwarded-for') : undefined;
  const base = {
    ...basics,
    method,
    ...(peer ? { peer } : {}),
    ...(principal ? { principal } : {}),
    ...(remoteAddress ? { remoteAddress } : {}),
  };
  const key = text(call.metadata, 'idempotency-key');
  if (key === undefined || isRead(method)) return base;
  if (!IDEMPOTENCY_KEY.test(key)) throw commonErrors.IDEMPOTENCY_KEY_INVALID({});
  return {
    ...base,
    idempotencyKey: key,
    requestHash: method.requestStream ? 'stream' : hashOf(method, call),
  };
}

function hashOf(method: MethodEntry, call: AnyCall): string {
  const json = JSON.stringify(call.request, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : sorted(v)));
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

function refuseInvalid(method: MethodEntry, request: object): void {
  const violations = validate(method.input, request);
  if (violations.length > 0) throw invalidFields(violations);
}

async function* checked(method: MethodEntry, call: AnyCall): AsyncIterable<object> {
  // A handler that leaves its loop has still to answer: on a destroyed call, no status would ever be sent.
  for await (const request of call.iterator({ destroyOnReturn: false }) as AsyncIterable<object>) {
    refuseInvalid(method, request);
    yield request;
  }
}

async function writeAll(call: AnyCall, results: AsyncIterable<object>, signal: AbortSignal): Promise<void> {
  for await (const result of results) {
    if (signal.aborted) break;
    if (!call.write(result)) await drained(call, signal);
  }
  call.end();
}

function drained(call: AnyCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    call.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function asCloudError(thrown: unknown, requestId: string, log: Logger): CloudError {
  const error = thrown instanceof CloudError ? thrown : commonErrors.INTERNAL({ requestId }, thrown);
  if (error.code === 'INTERNAL') log.error({ err: error.cause ?? error }, 'unhandled error');
  return error;
}

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return value === undefined ? undefined : String(value);
}
