import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { IncomingHttpHeaders } from 'node:http';
import type { MethodEntry } from '@thecloud/api';
import type { CloudError } from '@thecloud/kernel';
import { injectTrace, serverSpan, toServiceError } from '@thecloud/service-kit';
import type { Logger, RpcMetrics } from '@thecloud/service-kit';
import type { Authenticate } from '../authenticate';
import { waits } from '../backend-call';
import { fromBackend } from '../backend-error';
import { errors } from '../errors';
import { lasts, rateLimitHeaders } from '../fair-use/fair-use';
import type { Asked, FairUse, Leave } from '../fair-use/fair-use';
import { toCloudError } from '../problem';
import { metadataFor, newRequestInfo } from '../request-info';
import type { RequestInfo } from '../request-info';
import { ALL_SERVICES } from '../operations/all-services';
import { relayAll } from '../operations/relay-all';
import { watchCredential } from '../stream/credential-watch';
import type { OpenStreams } from '../stream/open-streams';
import { relay } from './relay';
import type { PublicCall, RelayOptions } from './relay';
import type { StreamClients } from '../stream/stream-client';

export interface ProxyDeps extends StreamClients {
  readonly authenticate: Authenticate;
  readonly fairUse: FairUse;
  /** Services that have operations. */
  readonly operationServices: readonly string[];
  readonly open: OpenStreams;
  readonly log: Logger;
  readonly metrics: RpcMetrics;
  /** The longest that a plain call, a slow one, an upload and a stream take, ms, whatever the caller allows. */
  readonly times: Readonly<Record<'callMs' | 'waitMs' | 'uploadMs' | 'streamMs' | 'checkMs', number>>;
}

const passedOn = [
  'x-api-key',
  'authorization',
  'x-project-id',
  'x-request-id',
  'idempotency-key',
  'traceparent',
];

/** Serves one method for callers outside: who calls, then the bytes, then how it ended. */
export function proxyTo(method: MethodEntry, backend: string, deps: ProxyDeps) {
  return (call: PublicCall): void => {
    const headers = headersOf(call.metadata);
    const info = newRequestInfo({ headers });
    const stream = method.requestStream || method.responseStream;
    const answered = stream
      ? serve(call, method, backend, { headers, info }, deps)
      : serverSpan(method.path, call.metadata, () => serve(call, method, backend, { headers, info }, deps));
    void answered
      .then(
        () => {
          call.end();
          return 'OK';
        },
        (thrown: unknown) => {
          const error = toCloudError(thrown, info.id);
          if (error.code === 'INTERNAL')
            deps.log.error({ err: error.cause, request_id: info.id }, 'call failed');
          if (!call.cancelled) call.emit('error', asSent(error) ?? toServiceError(error));
          return error.code;
        },
      )
      .then((code) => record(method, code, info, deps));
  };
}

async function serve(
  call: PublicCall,
  method: MethodEntry,
  backend: string,
  { headers, info }: { headers: IncomingHttpHeaders; info: RequestInfo },
  deps: ProxyDeps,
): Promise<void> {
  const said = new Metadata();
  said.set('x-request-id', info.id);
  const leave = await enter(deps.fairUse, call, {
    headers,
    lasting: lasts(method),
    public: method.auth.public,
    tell: (verdict) => Object.entries(rateLimitHeaders(verdict)).forEach(([k, v]) => said.set(k, v)),
  });
  if (!method.auth.public) {
    info.caller = await deps.authenticate(headers, info.id);
    await deps.fairUse.ofProject(leave, info.caller.projectId);
  }
  const metadata = metadataFor(headers, leave.asked.address, info);
  injectTrace(metadata);
  const stopped = new AbortController();
  const end = method.responseStream
    ? attend(
        method,
        deps,
        () => deps.authenticate(headers, info.id),
        (error) => stopped.abort(error),
      )
    : () => {};
  try {
    await passOn(call, backend, deps, {
      ...{ requestId: info.id, method, metadata, signal: stopped.signal },
      deadline: deadlineOf(call, longest(method, deps.times)),
      accepted: () => call.sendMetadata(said),
    });
  } catch (error) {
    throw stopped.signal.aborted ? stopped.signal.reason : error;
  } finally {
    end();
  }
}

/** Throws the CloudError that it ended with. */
async function passOn(call: PublicCall, backend: string, deps: ProxyDeps, o: RelayOptions): Promise<void> {
  const [only = '', ...others] = backend === ALL_SERVICES ? deps.operationServices : [backend];
  if (others.length > 0) return relayAll(deps.operationServices, deps, call, o);
  const { code, details, metadata } = await relay(call, deps, only, o);
  if (code === status.OK) return;
  const error = Object.assign(new Error(details), { code, details, metadata: metadata ?? new Metadata() });
  throw fromBackend(error as ServiceError, only, o.requestId);
}

async function enter(fairUse: FairUse, call: PublicCall, asked: Omit<Asked, 'address'>): Promise<Leave> {
  const leave = await fairUse.enter({ ...asked, address: addressOf(call.getPeer()) });
  call.once('close', leave.release);
  if (call.closed) leave.release();
  return leave;
}

/** Counts a call of what there is not, and refuses it. */
export async function refuseUnknown(fairUse: FairUse, call: PublicCall, path: string): Promise<void> {
  const headers = headersOf(call.metadata);
  try {
    await enter(fairUse, call, { headers, lasting: false, public: false, tell: () => {} });
    throw errors.UNKNOWN_METHOD({ method: path.slice(0, 200) });
  } catch (thrown) {
    call.emit('error', toServiceError(toCloudError(thrown, newRequestInfo({ headers }).id)));
  }
}

/** A stream is ended when its credential counts no more, and when the process is about to stop. */
function attend(
  { auth }: MethodEntry,
  { open, times }: ProxyDeps,
  stillAllowed: () => Promise<unknown>,
  fail: (error: CloudError) => void,
): () => void {
  const remove = open.add({ fail, destroy: () => {} });
  const unwatch = auth.public ? () => {} : watchCredential(stillAllowed, times.checkMs, fail);
  return () => {
    unwatch();
    remove();
  };
}

/** A service's own words and details, all of them, if it wrote them for callers. */
function asSent(error: CloudError) {
  const { code, details, metadata } = (error.cause ?? {}) as Partial<ServiceError>;
  const [written] = metadata?.get('grpc-status-details-bin') ?? [];
  if (error.code === 'INTERNAL' || written === undefined) return undefined;
  const trailer = new Metadata();
  trailer.set('grpc-status-details-bin', written);
  return { code, details, metadata: trailer };
}

function record(method: MethodEntry, code: string, info: RequestInfo, { log, metrics }: ProxyDeps): void {
  const milliseconds = performance.now() - info.startedAt;
  metrics.observe(method, code, milliseconds / 1000);
  log.info(
    {
      method: 'GRPC',
      route: method.path,
      code,
      duration_ms: Math.round(milliseconds * 10) / 10,
      request_id: info.id,
      project: info.caller?.projectId || undefined,
      subject: info.caller?.subject,
    },
    'request',
  );
}

function headersOf(metadata: Metadata): IncomingHttpHeaders {
  return Object.fromEntries(
    passedOn.flatMap((name) =>
      metadata
        .get(name)
        .slice(0, 1)
        .map((value) => [name, String(value)]),
    ),
  );
}

/** "127.0.0.1:5000", "[::1]:5000" -> the address. */
const addressOf = (peer: string) => peer.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

function deadlineOf(call: PublicCall, mostMs: number): Date {
  const given = Number(call.getDeadline());
  return new Date(Math.min(Number.isNaN(given) ? Infinity : given, Date.now() + mostMs));
}

function longest(method: MethodEntry, times: ProxyDeps['times']): number {
  if (method.responseStream) return times.streamMs;
  if (method.requestStream) return times.uploadMs;
  return waits(method) ? times.waitMs : times.callMs;
}
