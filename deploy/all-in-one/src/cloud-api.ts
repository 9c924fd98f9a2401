import { Failure } from './failure';

export interface Image {
  metadata: { id: string; name: string };
  status?: { state?: string; message?: string; shared?: boolean };
}

export interface Instance {
  metadata: { id: string; name: string };
  status?: {
    state?: string;
    reason?: string;
    message?: string;
    ports?: { container_port: number; host_port: number; address?: string }[];
  };
}

/** What `make up` needs of the public API, as any user's program would call it. */
export class CloudApi {
  constructor(
    readonly url: string,
    private readonly apiKey: string,
  ) {}

  images = async () => (await this.#call<{ images?: Image[] }>('GET', '/v1/images')).images ?? [];

  instances = async (name: string) =>
    (await this.#call<{ instances?: Instance[] }>('GET', `/v1/instances?name=${name}`)).instances ?? [];

  instance = (id: string) => this.#call<Instance>('GET', `/v1/instances/${id}`);

  launch = (name: string, spec: object) =>
    this.#call<Instance>('POST', '/v1/instances', {
      body: JSON.stringify({ name, spec }),
      headers: { 'content-type': 'application/json' },
    });

  shareImage = (id: string) =>
    this.#call<Image>('POST', `/v1/images/${id}:share`, {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });

  async uploadImage(name: string, command: readonly string[], tar: Buffer): Promise<Image> {
    const query = new URLSearchParams({ name });
    for (const word of command) query.append('command', word);
    return this.#call<Image>('POST', `/v1/images:upload?${query.toString()}`, {
      body: new Uint8Array(tar),
      headers: { 'content-type': 'application/x-tar' },
    });
  }

  /** Whether it is anybody's credential, whatever that one may do. */
  async knows(): Promise<boolean> {
    const response = await this.#send('GET', '/v1/images?page_size=1');
    await response.arrayBuffer();
    return response.status !== 401;
  }

  /** False: the key is not known (any more). */
  async accepts(): Promise<boolean> {
    const response = await this.#send('GET', '/v1/images?page_size=1');
    await response.arrayBuffer();
    if (response.status === 401) return false;
    if (response.ok) return true;
    throw new Failure(`GET /v1/images answered ${response.status}`, 'see make logs, then run make up again');
  }

  async #call<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.#send(method, path, init);
    const body = (await response.json()) as T & { detail?: string; title?: string; advice?: string };
    if (response.ok) return body;
    const said = body.detail ?? body.title ?? 'nothing more';
    throw new Failure(`${method} ${path} answered ${response.status}: ${said}`, body.advice);
  }

  #send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, {
      ...init,
      method,
      headers: { ...init.headers, authorization: `Bearer ${this.apiKey}` },
      signal: AbortSignal.timeout(60_000),
    });
  }
}
