import { WebSocket } from 'ws';
import type { Api, Body } from './api';

/** A frame, as loosely as a test needs it. */
export interface Frame {
  readonly result?: { stdout?: string; stderr?: string; exit_code?: number };
  readonly error?: Body;
}

/** A program in an instance, over a WebSocket, as a caller has it. */
export class Exec {
  readonly #socket: WebSocket;
  readonly opened: Promise<void>;
  /** The close code. */
  readonly closed: Promise<number>;
  readonly frames: Frame[] = [];
  stdout = '';
  stderr = '';
  bytes = 0;

  constructor(api: Api, id: string) {
    const url = `${api.url.replace('http', 'ws')}/v1/instances/${id}/exec`;
    this.#socket = new WebSocket(url, { headers: { 'x-api-key': api.key } });
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.on('message', (data: Buffer) => this.#heard(JSON.parse(data.toString()) as Frame));
  }

  static async start(api: Api, id: string, start: object): Promise<Exec> {
    const exec = new Exec(api, id);
    await exec.opened;
    exec.send({ start });
    return exec;
  }

  get exitCode(): number | undefined {
    return this.frames.find((frame) => frame.result?.exit_code !== undefined)?.result?.exit_code;
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  type(text: string): void {
    this.send({ stdin: Buffer.from(text).toString('base64') });
  }

  /** Stops reading from the connection, as a reader that hangs does; `resume` goes on. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Goes without a word. */
  vanish(): void {
    this.#socket.terminate();
  }

  #heard(frame: Frame): void {
    const { stdout = '', stderr = '' } = frame.result ?? {};
    const written = Buffer.from(stdout || stderr, 'base64');
    this.bytes += written.length;
    if (written.length > 8_192) return; // data of a test about amounts
    this.frames.push(frame);
    if (stdout) this.stdout += written.toString();
    if (stderr) this.stderr += written.toString();
  }
}

/** A plain text that grows, until it ends or `stop`. */
export class Text {
  readonly ended: Promise<void>;
  text = '';
  #error: unknown;

  constructor(
    response: Response,
    private readonly aborter: AbortController,
  ) {
    this.ended = this.#read(response);
  }

  static async open(api: Api, path: string): Promise<Text> {
    const aborter = new AbortController();
    const { key, url } = api;
    const response = await fetch(url + path, { headers: { 'x-api-key': key }, signal: aborter.signal });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return new Text(response, aborter);
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  async stop(): Promise<void> {
    this.aborter.abort();
    await this.ended;
    if (this.#error && !this.aborter.signal.aborted) throw this.#error as Error;
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const piece of response.body ?? []) this.text += decoder.decode(piece, { stream: true });
    } catch (error) {
      this.#error = error;
    }
  }
}
