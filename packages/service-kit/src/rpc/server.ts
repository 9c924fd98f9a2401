import { randomUUID } from 'node:crypto';
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
import { methodByPath } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import { peerOf } from '../certificates/peer';
import type { RequestContext } from '../context';
import type { Logger } from '../log';
import { serverSpan, traceId } from '../telemetry/tracing';
import type { RpcMetrics } from '../telemetry/metrics';
import { admit, asCloudError, basicsOf, refuseInvalid } from './admit';
import type { Implementation } from './implement';
import { laneRpc } from './lane';
import { orAbort } from './or-abort';
import { addHealth } from './health';
import type { Probes } from './health';
import { addReflection } from './reflection';
import type { TokenVerifier } from './tokens';
import { toServiceError } from './wire-errors';
import { writeAll } from './write-all';

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
  /** For whoever asks its health. */
  readonly parts?: Probes;
  readonly log: Logger;
  readonly metrics: RpcMetrics;
}

export interface RpcServer {
  readonly port: number;
  /** Takes no new calls, ends users' streams (they go on elsewhere), lets the rest finish for at most 8 s. */
  drain(): Promise<void>;
}

const DRAIN_MS = 8_000;
const LONGEST_UNARY_MS = 90_000;

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
  const stopping = new AbortController();
  const streams = new Set<AbortController>();
  const served = [...options.services, laneRpc(options, stopping.signal)];
  for (const implementation of served) {
    server.addService(implementation.definition, wire(implementation, options, streams));
    health.setStatus(nameOf(implementation), 'SERVING');
  }
  addHealth(server, health, options.parts ?? {});
  addReflection(server, served.map(nameOf));
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
        stopping.abort();
        for (const stream of streams) stream.abort(commonErrors.UNAVAILABLE({ what: 'This server' }));
        const cut = setTimeout(() => server.forceShutdown(), DRAIN_MS);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}

/** The full name of a service: every method's path begins with it. */
const nameOf = ({ definition }: Implementation): string =>
  Object.values(definition)[0]?.path.split('/')[1] ?? '';

function wire(
  { definition, handlers }: Implementation,
  options: RpcServerOptions,
  streams: Set<AbortController>,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(definition).map(([name, { path }]) => {
      const method = methodByPath(path);
      const handler = handlers[name];
      if (!method || !handler) throw new Error(`${path} is in no method table or has no handler`);
      return [
        name,
        serve(method, handler as (ctx: RequestContext, request: object) => unknown, options, streams),
      ];
    }),
  ) as unknown as UntypedServiceImplementation;
}

/** One call, of whichever kind: grpc-js hands unary and client-streaming calls a callback, the others write. */
function serve(
  method: MethodEntry,
  handler: (ctx: RequestContext, request: object) => unknown,
  options: RpcServerOptions,
  streams: Set<AbortController>,
) {
  return (call: AnyCall, callback?: sendUnaryData<object>) => {
    const started = performance.now();
    const aborter = new AbortController();
    call.on('cancelled', () => aborter.abort(commonErrors.CANCELLED({})));
    // An 'error' event without a listener would end the process; the handler sees the abort.
    call.on('error', (cause: unknown) => aborter.abort(cause));
    if (method.responseStream && method.auth.permission) streams.add(aborter);
    const deadline =
      method.responseStream || method.requestStream
        ? undefined
        : setTimeout(() => aborter.abort(commonErrors.DEADLINE_EXCEEDED({})), LONGEST_UNARY_MS);
    const requestId = String(call.metadata.get('x-request-id')[0] ?? randomUUID());
    const accept = () => {
      if (method.responseStream && !call.cancelled) call.sendMetadata(new Metadata());
    };

    const basics = basicsOf(options.log, method.rpc, { requestId, signal: aborter.signal, accept });

    const answered = serverSpan(method.path, call.metadata, async () => {
      const peer = peerOf(call.getAuthContext().sslPeerCertificate);
      const header = (name: string) => text(call.metadata, name);
      const arrived = { method, peer, header, ...(method.requestStream ? {} : { request: call.request }) };
      const ctx = await admit(arrived, basics, options.tokens);
      const request = method.requestStream ? checked(method, call, aborter.signal) : call.request;
      const result = handler(ctx, request);
      if (!method.responseStream) return callback?.(null, (await result) as object);
      await writeAll(call, result as AsyncIterable<object>, aborter.signal);
      call.end();
    });
    answered
      .then(
        () => 'OK',
        (thrown: unknown) => {
          const error = asCloudError(thrown, basics);
          if (callback) callback(toServiceError(error));
          else call.emit('error', toServiceError(error));
          return error.code;
        },
      )
      .then((code) => {
        clearTimeout(deadline);
        streams.delete(aborter);
        const seconds = (performance.now() - started) / 1000;
        options.metrics.observe(method, code, seconds);
        if (options.log.isLevelEnabled('debug'))
          basics.log.debug({ code, ms: Math.round(seconds * 1000), traceId: traceId() }, 'call');
      })
      .catch((err: unknown) => basics.log.error({ err }, 'an answer could not be sent'));
  };
}

/** What the caller sends, each judged first. Fails with the signal's reason once the caller is gone. */
async function* checked(method: MethodEntry, call: AnyCall, signal: AbortSignal): AsyncIterable<object> {
  // A handler that leaves its loop has still to answer: on a destroyed call, no status would ever be sent.
  const source = call.iterator({ destroyOnReturn: false }) as AsyncIterator<object>;
  for (;;) {
    const next = await orAbort(source.next(), signal);
    if (next.done) return;
    refuseInvalid(method, next.value);
    yield next.value;
  }
}

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return value === undefined ? undefined : String(value);
}
