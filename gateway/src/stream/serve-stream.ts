import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metadata } from '@grpc/grpc-js';
import type { WebSocketServer } from 'ws';
import type { StreamMetrics } from '../metrics';
import { errors } from '../errors';
import { toCloudError } from '../problem';
import { openAll } from '../operations/all-services';
import { hasBody } from '../read-body';
import type { RequestInfo } from '../request-info';
import type { Route } from '../routes';
import { chunkedSink } from './chunked-sink';
import { watchCredential } from './credential-watch';
import type { OpenStreams } from './open-streams';
import type { Sink } from './sink';
import type { StreamCall } from './stream-call';
import { checkSubprotocols, isUpgrade, takeWebSocket } from './upgrade';
import { forwardRequests } from './websocket-requests';
import { webSocketSink } from './websocket-sink';
import type { StreamClients } from './stream-client';

export interface StreamDeps extends StreamClients {
  /** Services that have operations. */
  readonly operationServices: readonly string[];
  readonly webSockets: WebSocketServer;
  readonly open: OpenStreams;
  readonly metrics: StreamMetrics;
  readonly times: StreamTimes;
}

/** All in ms. */
export interface StreamTimes {
  /** For the service to let the caller in. */
  readonly acceptMs: number;
  /** The longest a stream lives. */
  readonly lifeMs: number;
  /** Between pings of a WebSocket. */
  readonly pingMs: number;
  /** Between looks at whether the credential still counts. */
  readonly checkMs: number;
}

export interface StreamRequest {
  readonly route: Route;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly info: RequestInfo;
  readonly metadata: Metadata;
  /** The first request, encoded. */
  readonly first: Buffer;
  /** Rejects with a refusal once the caller's credential no longer counts. */
  readonly stillAllowed: () => Promise<unknown>;
}

/** What a stream over HTTP cannot be. Throws before anything is opened. */
export function checkStreamRequest({ method }: Route, req: IncomingMessage): void {
  if (req.method === 'HEAD') throw errors.METHOD_NOT_ALLOWED({ method: 'HEAD', allow: 'GET' });
  if (hasBody(req)) throw errors.BODY_NOT_ALLOWED({ method: 'GET' });
  if (isUpgrade(req)) checkSubprotocols(req);
  else if (method.requestStream) throw errors.WEBSOCKET_REQUIRED({});
}

/**
 * Opens the call, waits until the service lets the caller in (throwing its refusal, which is then a plain answer),
 * and only then begins the stream: a WebSocket if the caller asked for one, else a chunked body. Resolves at its end.
 */
export async function serveStream(deps: StreamDeps, request: StreamRequest): Promise<void> {
  const { route, res, info, metadata } = request;
  const call = openAll(deps.operationServices, deps, route.method, request.first, {
    backend: route.backend,
    requestId: info.id,
    metadata,
    timeoutMs: deps.times.lifeMs,
  });
  res.once('close', () => call.cancel());
  if (res.destroyed) call.cancel();
  await call.accepted(deps.times.acceptMs);
  const begun: { sink?: Sink | undefined } = {};
  let over = false;
  const finish = (how: (sink: Sink) => void) => {
    if (!over && begun.sink) how(begun.sink);
    over = true;
    call.cancel(); // nothing, where it has ended
  };
  const fail = (error: unknown) => finish((s) => s.fail(toCloudError(error, info.id)));
  const remove = deps.open.add({ fail, destroy: () => begun.sink?.destroy() });
  const sink = (begun.sink = begin(deps, request, call, fail));
  if (!sink) return remove(); // its caller has gone
  attend(deps, request, { fail, remove });
  try {
    for await (const message of call.messages()) {
      if (over) return;
      await sink.send(message);
    }
    finish((s) => s.end());
  } catch (error) {
    fail(error);
  }
}

function begin(
  deps: StreamDeps,
  { route, req, res, info }: StreamRequest,
  call: StreamCall,
  fail: (error: unknown) => void,
): Sink | undefined {
  if (!isUpgrade(req)) return res.destroyed ? undefined : chunkedSink(route, req, res, info.id);
  const socket = takeWebSocket(deps.webSockets, req, res, info.id);
  if (!socket) return undefined;
  info.outcome = 101;
  forwardRequests(route, socket, call, fail);
  return webSocketSink(route, socket, info.id, deps.times.pingMs);
}

/** Counts the stream while it lives, and ends it when its credential counts no more. */
function attend(
  { metrics, times }: StreamDeps,
  { route, req, res, stillAllowed }: StreamRequest,
  { fail, remove }: { fail: (error: unknown) => void; remove: () => void },
): void {
  const unwatch = watchCredential(stillAllowed, times.checkMs, fail);
  const labels = { route: route.template, kind: isUpgrade(req) ? 'websocket' : 'chunked' };
  metrics.open.inc(labels);
  res.once('close', () => {
    unwatch();
    metrics.open.dec(labels);
    remove();
  });
}
