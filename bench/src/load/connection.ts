import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Longer than any deadline of the gateway: a request that takes this long has been lost. */
const ANSWER_MS = 120_000;

/**
 * One kept-alive HTTP/1.1 connection, one request at a time, as cheap as Node can do it: on two cores every microsecond
 * of a general client would be taken from what is measured. Takes answers with Content-Length only.
 */
export class Connection {
  readonly #socket: Socket;
  #pending: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(url: URL) {
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.setTimeout(ANSWER_MS, () => this.#socket.destroy(new Error('no answer')));
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#pending?.reject(error));
    this.#socket.on('close', () => this.#pending?.reject(new Error('the server closed the connection')));
  }

  /** `request` is the whole of it as it goes over the wire. */
  ask(request: Buffer | string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const whole = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#length);
    const end = whole.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = whole.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) return void this.#socket.destroy(new Error(`no Content-Length in:\n${head}`));
    if (whole.length < end + 4 + length) return;
    this.#chunks = [];
    this.#length = 0;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve({ status: Number(head.slice(9, 12)), body: whole.subarray(end + 4) });
  }
}

/** The bytes of a request. */
export function request(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: bench', 'accept: */*'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
