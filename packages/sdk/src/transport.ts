import { CloudApiError, CloudConnectionError, parseProblem, whyOf } from './errors';
import type { CallOptions, CloudOptions, Route, UploadBody } from './options';
import { defaultRetryPolicy, parseRetryAfter, retryDelayMs } from './retry';
import { anyOf, reasonOf, sleep } from './sleep';
import { baseUrl, fillPath, urlOf, type Query } from './url';

export const defaultTimeoutMs = 20_000;

/** One HTTP request of the API, before it is sent. */
export interface Call {
  readonly verb: string;
  readonly path: string;
  readonly scope: Route['scope'];
  readonly once?: Route['once'];
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  readonly upload?: UploadBody;
}

/** Speaks HTTP with one gateway as one caller: headers, time limits, retries, errors. */
export class Transport {
  readonly url: URL;

  constructor(readonly options: CloudOptions) {
    this.url = baseUrl(options.url);
    if (options.apiKey && options.sessionToken) {
      throw new TypeError('Give apiKey or sessionToken, not both.');
    }
  }

  get credential(): string | undefined {
    return this.options.apiKey || this.options.sessionToken || undefined;
  }

  signalOf(options: CallOptions): AbortSignal | undefined {
    return anyOf(this.options.signal, options.signal);
  }

  /** The parsed JSON of a success; throws CloudApiError, CloudConnectionError, or the signal's reason. */
  async call<T>(call: Call, options: CallOptions = {}): Promise<T> {
    const init = this.init(call, options); // once: all attempts share the idempotency key
    const { timeoutMs = this.options.timeoutMs ?? defaultTimeoutMs } = options;
    const policy = { ...defaultRetryPolicy, ...this.options.retry };
    const repeatable = !call.once && !(call.upload instanceof ReadableStream);
    const retryUntil = Date.now() + 1.5 * timeoutMs; // so that silence costs two timeouts, not four
    const signal = this.signalOf(options);
    for (let retries = 0; ; retries++) {
      try {
        return await this.attempt<T>(call, init, timeoutMs, signal);
      } catch (error) {
        const delayMs = repeatable ? retryDelayMs(error, retries, policy) : undefined;
        if (delayMs === undefined || Date.now() + delayMs > retryUntil) throw error;
        await sleep(delayMs, signal);
      }
    }
  }

  /** The call of a route: path fields in their order, the rest of the request where the route wants it. */
  callOf(route: Route, path: readonly string[], request: object): Call {
    const whole = route.body === '*';
    return {
      verb: route.verb,
      path: fillPath(route.path, path),
      scope: route.scope,
      once: route.once,
      query: whole ? {} : (request as Query),
      body: whole ? request : undefined,
    };
  }

  /** What says who calls, for a call of that scope. */
  identity(scope: Route['scope']): { credential?: string; project?: string } {
    if (scope === 'public') return {};
    // Only projects' own methods name the project: a lost one must not stand in the way of choosing another.
    return { credential: this.credential, project: scope === 'project' ? this.options.project : undefined };
  }

  private init(call: Call, options: CallOptions): RequestInit & { duplex?: 'half' } {
    const { credential, project } = this.identity(call.scope);
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(credential && { authorization: `Bearer ${credential}` }),
      ...(project && { 'x-project-id': project }),
      ...(call.verb !== 'GET' && { 'idempotency-key': options.idempotencyKey ?? newKey() }),
      ...lowerCased(this.options.headers),
      ...lowerCased(options.headers),
    };
    // A redirect is never followed: it would carry the request's body to a place nobody named.
    const init: RequestInit & { duplex?: 'half' } = { method: call.verb, headers, redirect: 'manual' };
    if (call.upload !== undefined) {
      headers['content-type'] ??= 'application/x-tar';
      init.body = call.upload;
      if (call.upload instanceof ReadableStream) init.duplex = 'half';
    } else if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(call.body);
    }
    return init;
  }

  private async attempt<T>(
    call: Call,
    init: RequestInit,
    timeoutMs: number,
    outer?: AbortSignal,
  ): Promise<T> {
    const { fetch = globalThis.fetch } = this.options;
    const url = urlOf(this.url, call.path, call.query);
    const signal = anyOf(outer, AbortSignal.timeout(timeoutMs))!;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, { ...init, signal });
      text = await response.text();
    } catch (cause) {
      if (outer?.aborted) throw reasonOf(outer);
      throw new CloudConnectionError(this.url.origin, whyOf(cause), cause);
    }
    if (!response.ok) throw errorOf(response, text);
    try {
      return JSON.parse(text === '' ? '{}' : text) as T;
    } catch {
      // A success that is not JSON did not come from the cloud's gateway.
      throw new CloudApiError(response.status, { detail: `${this.url.origin} did not answer with JSON.` });
    }
  }
}

export function errorOf(response: Response, text: string): CloudApiError {
  return new CloudApiError(
    response.status,
    parseProblem(text),
    parseRetryAfter(response.headers.get('retry-after')),
  );
}

const lowerCased = (headers: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** 128 random bits; `crypto.randomUUID` is missing on pages that came without TLS. */
export function newKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
