import type { RetryPolicy } from './retry';
import type { SocketFactory } from './socket';

/** Who calls, where, and how patiently. */
export interface CloudOptions {
  /** Address of the gateway: "https://cloud.example.org". */
  url: string;
  /** For programs; belongs to one project. */
  apiKey?: string;
  /** For people: what `sessions.create` answered. Give one of the two, or neither for public methods. */
  sessionToken?: string;
  /** Id of the project to work in; an API key knows its own. */
  project?: string;
  /** Of one attempt, in milliseconds; 20,000 without it. All attempts together get half as much again. */
  timeoutMs?: number;
  /** What is tried again, and when; `{ maxRetries: 0 }` for never. */
  retry?: Partial<RetryPolicy>;
  /** Ends every call of this client when aborted. */
  signal?: AbortSignal;
  /** Sent with every request, for example a User-Agent. */
  headers?: Record<string, string>;
  /** Instead of the platform's. */
  fetch?: typeof globalThis.fetch;
  /** Makes the WebSockets of streams, instead of the platform's (Node 20 has none: install `ws`). */
  webSocket?: SocketFactory;
}

/** Of one call. */
export interface CallOptions {
  /** Ends the call, retries and streams included; it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Of one attempt, in milliseconds. */
  timeoutMs?: number;
  /**
   * Makes a mutation the same one as an earlier call of yours, for example after a crash of your program. Without it
   * each call gets a key of its own, which its retries share.
   */
  idempotencyKey?: string;
  headers?: Record<string, string>;
}

/** A file to send. A stream cannot be sent twice, so such an upload is not tried again. */
export type UploadBody = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How one rpc is reached over HTTP; the generated resources say it. */
export interface Route {
  readonly verb: string;
  /** "/v1/instances/{id}:start". */
  readonly path: string;
  /** '*': the request is the body, as JSON; '': it is the query. */
  readonly body: string;
  /** `public` ones get no credential, and only those of a project name it. */
  readonly scope: 'project' | 'user' | 'platform' | 'public';
  /** Running it twice is running it twice, whatever its key: it is not tried again. */
  readonly once?: true;
}
