import { randomUUID } from 'node:crypto';

/** Any answer of the API, as loosely as a test needs it. */
export interface Body {
  metadata?: {
    id: string;
    name: string;
    project_id: string;
    version: number;
    generation: number;
    operation_id: string;
    labels: Record<string, string>;
  };
  spec?: Record<string, unknown>;
  status?: {
    state?: string;
    reason?: string;
    message?: string;
    host_id?: string;
    exit_code?: number;
    restart_count?: number;
    observed_generation?: number;
    ports?: Array<{ container_port: number; host_port: number; address: string }>;
    allocated_vcpus?: number;
    allocated_cpu_millicores?: number;
    allocated_memory_mib?: number;
    instance_count?: number;
    digest?: string;
    copied_from?: string;
  };
  state?: string;
  steps?: Array<{ name: string; state: string; message?: string }>;
  kind?: string;
  error?: { reason: string; message: string; advice: string };
  token?: string;
  // the outcome of a command
  exit_code?: number;
  secret?: string;
  projects?: Body[];
  instances?: Body[];
  images?: Body[];
  hosts?: Body[];
  operations?: Body[];
  next_page_token?: string;
  // problem+json
  title?: string;
  code?: string;
  reason?: string;
  detail?: string;
  request_id?: string;
  violations?: Array<{ field: string; description: string }>;
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

const CALL_MS = 75_000;
const PATIENCE_MS = 30_000;

/** The HTTP API under one credential; its calls take turns at the gateways. */
export class Api {
  #calls = 0;

  constructor(
    /** Of the first gateway. */
    readonly url: string,
    readonly key: string,
    readonly urls: readonly string[] = [url],
  ) {}

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.#nextUrl() + path, {
      method,
      headers: {
        ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : {}) as Body,
    };
  }

  /** The lines of a stream, as JSON: all of them, or the first so many. */
  async lines(path: string, most = Infinity): Promise<unknown[]> {
    const headers = { authorization: `Bearer ${this.key}`, accept: 'application/x-ndjson' };
    const response = await fetch(this.#nextUrl() + path, { headers, signal: AbortSignal.timeout(CALL_MS) });
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.split('\n').length > most) break;
    }
    const whole = text.split('\n').slice(0, -1);
    return whole.slice(0, most).map((line): unknown => JSON.parse(line));
  }

  #nextUrl(): string {
    return this.urls[this.#calls++ % this.urls.length] ?? this.url;
  }

  upload(path: string, tarball: Uint8Array): Promise<Answer> {
    return this.call('POST', path, tarball, { 'content-type': 'application/x-tar' });
  }

  /** Calls until the answer is as wanted; throws with the last one otherwise. */
  async until(
    method: string,
    path: string,
    wanted: (answer: Answer) => boolean,
    patienceMs = PATIENCE_MS,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const giveUp = Date.now() + patienceMs;
    for (;;) {
      const answer = await this.call(method, path, body, headers).catch((err: unknown): Answer => ({
        status: 0,
        headers: new Headers(),
        body: { detail: String(err) },
      }));
      if (wanted(answer)) return answer;
      if (Date.now() > giveUp)
        throw new Error(`${method} ${path} did not come to what was wanted: ${JSON.stringify(answer.body)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Creates an instance of the starter image; answers with the instance as accepted. */
  async launch(
    name: string,
    spec: Record<string, unknown> = {},
    headers: Record<string, string> = { 'idempotency-key': randomUUID() },
  ): Promise<Body> {
    const answer = await this.call(
      'POST',
      '/v1/instances',
      { name, spec: { type: 'nano-1', image: 'starter', ...spec } },
      headers,
    );
    if (answer.status !== 202)
      throw new Error(`launching ${name} was refused: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Waits until the instance is in a state. */
  async reaches(id: string, state: string, patienceMs = PATIENCE_MS): Promise<Body> {
    return (
      await this.until('GET', `/v1/instances/${id}`, ({ body }) => body.status?.state === state, patienceMs)
    ).body;
  }

  /** Waits until the resource is gone. */
  async vanishes(path: string, patienceMs = PATIENCE_MS): Promise<void> {
    await this.until('GET', path, ({ status }) => status === 404, patienceMs);
  }
}

/** The id of something that was answered. */
export function idOf(body: Body): string {
  if (!body.metadata) throw new Error(`this has no metadata: ${JSON.stringify(body)}`);
  return body.metadata.id;
}
