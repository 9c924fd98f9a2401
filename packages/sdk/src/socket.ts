import { CloudApiError, parseProblem } from './errors';
import { parseRetryAfter } from './retry';

/** What a stream needs of a WebSocket: the platform's has it, and that of the package `ws`. */
export interface SocketLike {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  /** Of `ws` only: lets the other side wait while we are behind. */
  pause?(): void;
  resume?(): void;
}

export type SocketFactory = (url: string, protocols: string[]) => SocketLike;

type Constructor = new (url: string, protocols: string[]) => SocketLike;

/** The platform's WebSocket; where it has none (Node 20), that of `ws` if that is installed. */
export async function platformSockets(): Promise<SocketFactory> {
  const { WebSocket } = globalThis as unknown as { WebSocket?: Constructor };
  const Socket = WebSocket ?? (await fromPackage());
  return (url, protocols) => new Socket(url, protocols);
}

async function fromPackage(): Promise<Constructor> {
  const name = 'ws'; // a variable, so that bundlers for browsers do not look for it
  try {
    return ((await import(name)) as { WebSocket: Constructor }).WebSocket;
  } catch (cause) {
    throw new Error('There is no WebSocket here. On Node 20, install the package "ws".', { cause });
  }
}

interface Answer {
  statusCode?: number;
  headers: Record<string, string | string[] | undefined>;
  setEncoding(encoding: string): void;
  on(event: 'data', listener: (chunk: string) => void): void;
  on(event: 'end', listener: () => void): void;
}

/** The largest refusal that is read. */
const mostRefusal = 64 * 1024;

/**
 * The answer with which the gateway refused the WebSocket. Only `ws` shows it: a platform's socket says nothing but
 * that it did not open, and then a plain request has to find out.
 */
export function onRefusal(socket: SocketLike, refused: (error: CloudApiError) => void): void {
  const { on } = socket as {
    on?: (event: string, listener: (request: unknown, answer: Answer) => void) => void;
  };
  on?.call(socket, 'unexpected-response', (_request, answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk) => (text += text.length < mostRefusal ? chunk : ''));
    answer.on('end', () => {
      const retryAfter = answer.headers['retry-after'];
      const seconds = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : null);
      refused(new CloudApiError(answer.statusCode ?? 0, parseProblem(text), seconds));
      socket.close();
    });
  });
}
