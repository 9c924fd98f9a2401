import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, exitCodes } from './exit-codes';
import { serverUrl } from './server-url';
import { ApiError, parseProblem } from './problem';
import { parseRetryAfterMs, retryDelayMs, type Attempt } from './retry';
import { causeOf, messageOf, nameOf } from './thrown';
import { version } from './version';

/** Where to call and as whom. */
export interface Endpoint {
  server: string;
  /** API key or session token; undefined: only public methods. */
  credential?: string;
  projectId?: string;
}

export type Query = Record<string, string | number | readonly string[] | undefined>;

export interface CallOptions {
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  upload?: { data: Blob; type: string };
  /** Of one attempt. */
  timeoutMs?: number;
  headers?: Record<string, string>;
}

const defaultTimeoutMs = 20_000;

type Verb = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Outcome = { attempt: Attempt; status: number; text: string } | { attempt: Attempt; cause: unknown };

/** The cloud's REST API: one method a verb, answers as parsed JSON, failures as CliError. */
export class ApiClient {
  constructor(
    private readonly endpoint: Endpoint,
    private readonly signal: AbortSignal,
  ) {}

  get = <T>(path: string, options: CallOptions = {}) => this.call<T>('GET', path, options);
  post = <T>(path: string, options: CallOptions = {}) => this.call<T>('POST', path, { body: {}, ...options });
  patch = <T>(path: string, options: CallOptions = {}) => this.call<T>('PATCH', path, options);
  delete = <T>(path: string, options: CallOptions = {}) => this.call<T>('DELETE', path, options);

  private async call<T>(verb: Verb, path: string, options: CallOptions): Promise<T> {
    const url = this.url(path, options.query);
    const init = this.init(verb, options); // once: all attempts share the idempotency key
    const { timeoutMs = defaultTimeoutMs } = options;
    const retryUntil = Date.now() + 1.5 * timeoutMs; // so that silence costs two timeouts, not four
    for (let retries = 0; ; retries++) {
      const outcome = await this.attempt(url, init, timeoutMs);
      const delayMs = retryDelayMs(outcome.attempt, retries);
      if (delayMs === undefined || Date.now() + delayMs > retryUntil) return this.settle<T>(outcome);
      await sleep(delayMs, undefined, { signal: this.signal }).catch(() => {
        throw interrupted();
      });
    }
  }

  private url(path: string, query: Query = {}): URL {
    const url = new URL(path, serverUrl(this.endpoint.server));
    for (const [key, value] of Object.entries(query)) {
      for (const each of [value ?? []].flat()) url.searchParams.append(key, String(each));
    }
    return url;
  }

  private init(verb: Verb, options: CallOptions): RequestInit {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': `thecloud-cli/${version}`,
      ...options.headers,
    };
    if (this.endpoint.credential) headers.authorization = `Bearer ${this.endpoint.credential}`;
    if (this.endpoint.projectId) headers['x-project-id'] = this.endpoint.projectId;
    if (verb !== 'GET') headers['idempotency-key'] = randomUUID();
    // A redirect is never followed: it would carry the request's body to a place nobody named.
    const init: RequestInit = { method: verb, headers, redirect: 'manual' };
    if (options.upload) {
      headers['content-type'] = options.upload.type;
      init.body = options.upload.data;
    } else if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    }
    return init;
  }

  private async attempt(url: URL, init: RequestInit, timeoutMs: number): Promise<Outcome> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(url, { ...init, signal });
      const text = await response.text();
      const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'));
      return {
        attempt: { kind: 'answer', status: response.status, retryAfterMs },
        status: response.status,
        text,
      };
    } catch (cause) {
      if (this.signal.aborted) throw interrupted();
      return { attempt: { kind: 'no-answer' }, cause };
    }
  }

  private settle<T>(outcome: Outcome): T {
    if ('cause' in outcome) throw unreachable(this.endpoint.server, outcome.cause);
    const { status, text, attempt } = outcome;
    if (status >= 200 && status < 300) {
      try {
        return JSON.parse(text === '' ? '{}' : text) as T;
      } catch {
        // A success that is not JSON did not come from the cloud's gateway.
        throw new CliError(
          exitCodes.unexpected,
          `${this.endpoint.server} did not answer with JSON.`,
          notTheCloud,
        );
      }
    }
    const retryAfterMs = attempt.kind === 'answer' ? attempt.retryAfterMs : undefined;
    const seconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
    throw new ApiError(status, parseProblem(text), seconds);
  }
}

const notTheCloud = 'Is it the cloud that listens there? See the address with: cloud context list';

export const interrupted = () => new CliError(exitCodes.interrupted, 'Interrupted.');

function unreachable(server: string, cause: unknown): CliError {
  const why = reasonOf(cause);
  return new CliError(
    exitCodes.unavailable,
    `The cloud at ${server} does not answer: ${why}.`,
    'Start it with `make up` in its source tree, or name another with THECLOUD_URL or `cloud login --server URL`.',
  );
}

// fetch says only "fetch failed"; the system's own error is one cause deeper.
function reasonOf(cause: unknown): string {
  if (nameOf(cause) === 'TimeoutError') return 'no answer in time';
  return messageOf(causeOf(cause) ?? cause);
}
