import type { Api } from './api';

/** Lines of a stream of the API, as they come; without an upgrade: newline-delimited JSON. */
export class Stream<T> {
  readonly #waiting: T[] = [];
  #failure: Error | undefined;
  #ring: (() => void) | undefined;

  private constructor(
    private readonly aborter: AbortController,
    body: ReadableStream<Uint8Array>,
  ) {
    this.#pump(body).catch((cause: unknown) => this.#fail(cause as Error));
  }

  /** Resolves once the service has let the caller in; throws with the problem document otherwise. */
  static async open<T>(api: Api, path: string): Promise<Stream<T>> {
    const aborter = new AbortController();
    const answer = await fetch(api.url + path, {
      headers: { authorization: `Bearer ${api.key}`, accept: 'application/x-ndjson' },
      signal: aborter.signal,
    });
    if (!answer.ok || !answer.body) throw new Refusal(answer.status, await answer.text());
    return new Stream<T>(aborter, answer.body);
  }

  /** The next `count` messages. Throws when the stream ends before, or nothing comes for so long. */
  async take(count: number, patienceMs = 30_000): Promise<T[]> {
    while (this.#waiting.length < count) {
      if (this.#failure) throw this.#failure;
      const impatient = setTimeout(
        () => this.#fail(new Error(`only ${this.#waiting.length} of ${count} messages came`)),
        patienceMs,
      );
      await new Promise<void>((resolve) => (this.#ring = resolve));
      clearTimeout(impatient);
    }
    return this.#waiting.splice(0, count);
  }

  /** Messages up to the first that is as wanted, that one included. */
  async until(wanted: (message: T) => boolean): Promise<T[]> {
    const taken: T[] = [];
    do taken.push(...(await this.take(1)));
    while (!wanted(taken.at(-1)!));
    return taken;
  }

  close(): void {
    this.aborter.abort();
  }

  #fail(cause: Error): void {
    this.#failure ??= cause;
    this.#ring?.();
  }

  async #pump(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { result, error } = JSON.parse(line) as { result?: T; error?: object };
        if (error) throw new Error(JSON.stringify(error));
        if (result) this.#waiting.push(result);
      }
      this.#ring?.();
    }
    throw new Error('the stream has ended');
  }
}

export class Refusal extends Error {
  readonly reason: string;

  constructor(
    readonly status: number,
    body: string,
  ) {
    super(body);
    this.reason = (JSON.parse(body) as { reason?: string }).reason ?? '';
  }
}
