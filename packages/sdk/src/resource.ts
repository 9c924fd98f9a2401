import type { CallOptions, Route, UploadBody } from './options';
import { Pages, type PageRequest } from './pages';
import { openDuplex, openStream, type Duplex, type Resume, type Stream } from './stream';
import type { Transport } from './transport';

/** Uploads take as long as they take: this bounds only what hangs. */
const uploadTimeoutMs = 60 * 60_000;
/** How much longer than the server an answer to a long poll may take, and how long the server waits unasked. */
const pollSlackMs = 15_000;
const pollSeconds = 30;

/** What the generated resources stand on: one method a kind of rpc. */
export abstract class Resource {
  constructor(protected readonly transport: Transport) {}

  protected async callUnary<T>(
    route: Route,
    path: readonly string[],
    request: object,
    options: CallOptions = {},
  ): Promise<T> {
    const timeoutMs =
      options.timeoutMs ?? (route.path.endsWith(':wait') ? pollTimeoutMs(request) : undefined);
    return this.transport.call<T>(this.transport.callOf(route, path, request), { ...options, timeoutMs });
  }

  protected async callUpload<T>(
    route: Route,
    path: readonly string[],
    data: UploadBody,
    request: object,
    options: CallOptions = {},
  ): Promise<T> {
    const call = { ...this.transport.callOf(route, path, request), upload: data };
    return this.transport.call<T>(call, { timeoutMs: uploadTimeoutMs, ...options });
  }

  protected callPages<T, A>(
    route: Route,
    path: readonly string[],
    field: string,
    request: PageRequest,
    options: CallOptions = {},
  ): Pages<T, A> {
    const fetchPage = (page: PageRequest) => this.callUnary<A>(route, path, { ...request, ...page }, options);
    return new Pages<T, A>(fetchPage, field, request);
  }

  protected callStream<T>(
    route: Route,
    path: readonly string[],
    request: object,
    resume: Resume,
    options: CallOptions = {},
  ): Stream<T> {
    return openStream<T>(this.transport, route, path, request, resume, options);
  }

  protected callDuplex<Q, A>(route: Route, path: readonly string[], options?: CallOptions): Duplex<Q, A> {
    return openDuplex<Q, A>(this.transport, route, path, options);
  }
}

function pollTimeoutMs(request: object): number {
  const { timeout_seconds: seconds = 0 } = request as { timeout_seconds?: number };
  return (seconds || pollSeconds) * 1000 + pollSlackMs;
}
