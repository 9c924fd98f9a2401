import { Connection } from './connection';
import { CloudApiError, CloudConnectionError } from './errors';
import type { Route } from './options';
import { anyOf, reasonOf } from './sleep';
import { platformSockets } from './socket';
import { defaultTimeoutMs, errorOf, type Transport } from './transport';
import { fillPath, urlOf } from './url';

export interface StreamCall {
  readonly route: Route;
  readonly path: readonly string[];
  /** Fields that are not in the path. */
  readonly request: object;
  /** Both sides speak. */
  readonly duplex: boolean;
  readonly timeoutMs?: number;
}

/**
 * Opens the stream's WebSocket. `timeoutMs` bounds the opening alone: how long a stream lives is its reader's
 * business. Rejects with the gateway's refusal.
 */
export async function connect<A>(
  transport: Transport,
  call: StreamCall,
  signal: AbortSignal,
): Promise<Connection<A>> {
  const { timeoutMs = transport.options.timeoutMs ?? defaultTimeoutMs } = call;
  const late = AbortSignal.timeout(timeoutMs);
  const make = transport.options.webSocket ?? (await platformSockets());
  const url = urlOf(
    transport.url,
    fillPath(call.route.path, call.path),
    call.request as Record<string, unknown>,
  );
  const socketUrl = new URL(url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { origin } = transport.url;
  try {
    return await Connection.open<A>(
      make,
      socketUrl,
      protocolsOf(transport, call.route),
      origin,
      anyOf(signal, late)!,
    );
  } catch (error) {
    if (signal.aborted) throw reasonOf(signal);
    if (late.aborted) throw new CloudConnectionError(origin, 'no answer in time', error);
    throw error instanceof CloudConnectionError
      ? ((await refusalOf(transport, call, url, signal)) ?? error)
      : error;
  }
}

/** Browsers let no header be set on a WebSocket: who calls is said by subprotocols. */
function protocolsOf(transport: Transport, route: Route): string[] {
  const { credential, project } = transport.identity(route.scope);
  const said = [credential && `thecloud.bearer.${credential}`, project && `thecloud.project.${project}`];
  return ['thecloud.v1', ...said.filter((each) => typeof each === 'string' && each !== '')] as string[];
}

/** Asks once more by a plain request, whose refusal can be read; undefined: that one is not refused. */
async function refusalOf(transport: Transport, call: StreamCall, url: URL, signal: AbortSignal) {
  const { fetch = globalThis.fetch, timeoutMs = defaultTimeoutMs } = transport.options;
  const { credential, project } = transport.identity(call.route.scope);
  const headers: Record<string, string> = { accept: 'application/x-ndjson' };
  if (credential) headers.authorization = `Bearer ${credential}`;
  if (project) headers['x-project-id'] = project;
  // Where both sides speak there is no plain way in; then what the stream is about is asked for.
  const target = call.duplex ? new URL(url.pathname.replace(/\/[^/]+$/, ''), url) : url;
  const stop = new AbortController();
  try {
    const response = await fetch(target, {
      headers,
      redirect: 'manual',
      signal: anyOf(signal, stop.signal, AbortSignal.timeout(timeoutMs)),
    });
    return response.ok ? undefined : errorOf(response, await response.text());
  } catch (error) {
    // It does not answer at all: that the WebSocket did not open is the whole story.
    return error instanceof CloudApiError ? error : undefined;
  } finally {
    stop.abort();
  }
}
