import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client, Metadata } from '@grpc/grpc-js';
import { isRepeatable } from '@thecloud/api';
import { injectTrace, serverSpan } from '@thecloud/service-kit';
import type { Authenticate } from './authenticate';
import { waits } from './backend-call';
import { errors } from './errors';
import type { CallService } from './lane/lanes';
import { enter } from './fair-use/enter';
import { lasts } from './fair-use/fair-use';
import type { FairUse } from './fair-use/fair-use';
import { hasBody, readJson, requireMediaType } from './read-body';
import type { BodyLimits } from './read-body';
import { backendMetadata, requestInfo } from './request-info';
import type { Match, Router } from './router';
import type { Route } from './routes';
import { checkStreamRequest, serveStream } from './stream/serve-stream';
import type { StreamDeps } from './stream/serve-stream';
import { encodeRequest } from './transcode-request';
import { decodeResponse } from './transcode-response';
import { uploadCall, uploadMediaTypes } from './upload';
import type { UploadLimits } from './upload';

export interface ApiDeps {
  readonly router: Router;
  readonly authenticate: Authenticate;
  readonly fairUse: FairUse;
  /** The service that owns a method, by name: "compute". */
  readonly channelFor: (service: string) => Client;
  /** A unary call to it. */
  readonly call: CallService;
  readonly body: BodyLimits;
  readonly upload: UploadLimits;
  readonly streams: StreamDeps;
  /** Deadlines of a plain call, of a `:wait` or `:exec`, and of an upload, ms. */
  readonly timeouts: { readonly callMs: number; readonly waitMs: number; readonly uploadMs: number };
}

/** Answers every API request: match, authenticate, transcode, call, transcode back. Throws CloudErrors. */
export function createApiHandler(deps: ApiDeps) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const [path, query] = splitUrl(req.url ?? '');
    const method = req.method ?? '';
    const match = deps.router.match(method, path);
    const asked = { method, path: path.slice(0, 200) };
    if (match.kind !== 'route') {
      await enter(deps.fairUse, req, res, { lasting: false, public: false });
      if (match.kind === 'unknown') throw errors.UNKNOWN_ROUTE(asked);
      throw errors.METHOD_NOT_ALLOWED({ ...asked, allow: match.allow.join(', ') });
    }

    const { route, params } = match;
    const info = requestInfo(res);
    info.route = route.template;
    await letIn(deps, route, req, res);
    const metadata = backendMetadata(req, info);
    if (route.method.responseStream) return stream(deps, match, req, res, metadata);
    const bytes = await serverSpan(`${route.verb} ${route.template}`, metadata, () => {
      injectTrace(metadata); // the backend's span is a child of ours, ours of the caller's
      return forward(deps, route, req, res, metadata, { params, query, ifMatch: req.headers['if-match'] });
    });

    const { json, etag } = decodeResponse(route, bytes);
    if (etag) res.setHeader('ETag', etag);
    res.statusCode = route.method.httpStatus;
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.setHeader('Content-Length', json.length);
    res.end(json);
  };
}

/** May this caller be served now, and who is it? Nothing of the body has been read yet. */
async function letIn(deps: ApiDeps, { method }: Route, req: IncomingMessage, res: ServerResponse) {
  const info = requestInfo(res);
  const kind = { lasting: lasts(method), public: method.auth.public };
  const leave = await enter(deps.fairUse, req, res, kind);
  if (method.auth.public) return;
  info.caller = await deps.authenticate(req.headers, info.id);
  await deps.fairUse.ofProject(leave, info.caller.projectId);
}

/** A span would only end with the stream, so the service's is the first of its trace. */
async function stream(
  deps: ApiDeps,
  { route, params }: Extract<Match, { kind: 'route' }>,
  req: IncomingMessage,
  res: ServerResponse,
  metadata: Metadata,
): Promise<void> {
  const info = requestInfo(res);
  checkStreamRequest(route, req);
  const query = splitUrl(req.url ?? '')[1];
  const first = encodeRequest(route, { params, query });
  const stillAllowed = () =>
    route.method.auth.public ? Promise.resolve() : deps.authenticate(req.headers, info.id);
  await serveStream(deps.streams, { route, req, res, info, metadata, first, stillAllowed });
}

/** How often a mutation with an idempotency key is sent while its service is away. */
const keyedAttempts = 3;

type Input = Omit<Parameters<typeof encodeRequest>[1], 'body'>;

async function forward(
  deps: ApiDeps,
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
  metadata: Metadata,
  input: Input,
): Promise<Buffer> {
  const base = { backend: route.backend, requestId: requestInfo(res).id, metadata, signal: goneSignal(res) };
  if (route.method.requestStream) {
    const first = encodeRequest(route, input);
    requireMediaType(req, uploadMediaTypes(route.method));
    return uploadCall(deps.streams, route, first, req, deps.upload, {
      ...base,
      timeoutMs: deps.timeouts.uploadMs,
    });
  }
  if (route.body === '' && hasBody(req)) throw errors.BODY_NOT_ALLOWED({ method: req.method ?? '' });
  const body = await readJson(req, deps.body);
  const timeoutMs = waits(route.method) ? deps.timeouts.waitMs : deps.timeouts.callMs;
  const keyed = metadata.get('idempotency-key').length > 0;
  const repeatable = isRepeatable(route.method, keyed);
  const attempts = repeatable && route.method.repeat === 'keyed' ? keyedAttempts : 1;
  const message = encodeRequest(route, { ...input, body });
  return deps.call(route.backend, route.method.path, message, { ...base, timeoutMs, repeatable, attempts });
}

/** Aborts when the caller's connection closes before it has its answer. */
function goneSignal(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone.signal;
}

function splitUrl(url: string): [path: string, query: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
