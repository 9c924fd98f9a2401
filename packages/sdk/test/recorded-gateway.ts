import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SeenRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  text: string;
  body: unknown;
}

export interface Reply {
  status?: number;
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  text?: string;
  headers?: Record<string, string>;
  /** Cut the connection instead of answering. */
  hangUp?: boolean;
}

type Answer = Reply | ((request: SeenRequest) => Reply);

/** A real HTTP server that answers as the gateway was seen to: "GET /v1/instances" to its answers, the last one for good. */
export async function recordedGateway(
  routes: Record<string, Answer | Answer[]>,
  sockets: Record<string, (socket: WebSocket, url: URL) => void> = {},
) {
  const seen: SeenRequest[] = [];
  const served = new Map<string, number>();
  const answer = (request: SeenRequest): Reply => {
    const route = `${request.method} ${request.path}`;
    const answers = [
      routes[route] ?? { status: 404, body: problem(404, 'NOT_FOUND', 'UNKNOWN_ROUTE', route) },
    ].flat();
    const count = served.get(route) ?? 0;
    served.set(route, count + 1);
    const chosen = answers[Math.min(count, answers.length - 1)]!;
    return typeof chosen === 'function' ? chosen(request) : chosen;
  };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://gateway');
      const text = Buffer.concat(chunks).toString();
      const json = incoming.headers['content-type'] === 'application/json';
      const request: SeenRequest = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        text,
        body: json ? JSON.parse(text) : undefined,
      };
      seen.push(request);
      const { status = 200, body, text: plain, headers = {}, hangUp } = answer(request);
      if (hangUp) return void incoming.socket.destroy();
      const type = status >= 400 ? 'application/problem+json' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(plain ?? (body === undefined ? '' : JSON.stringify(body)));
    });
  });
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'thecloud.v1' });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const url = new URL(incoming.url ?? '/', 'http://gateway');
    const script = sockets[url.pathname];
    if (script) return webSockets.handleUpgrade(incoming, socket, head, (open) => script(open, url));
    const body = JSON.stringify(problem(404, 'NOT_FOUND', 'INSTANCE_NOT_FOUND', 'There is none.'));
    socket.end(
      `HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      for (const socket of webSockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function problem(status: number, code: string, reason: string, detail: string, more: object = {}) {
  return { title: code, status, detail, code, reason, domain: 'test.thecloud', request_id: 'req_1', ...more };
}
