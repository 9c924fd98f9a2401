import { ServerResponse } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { errors } from '../errors';

/**
 * The subprotocol we speak. Beside it a browser, which cannot set headers, offers `thecloud.bearer.<key>` and, where
 * the key is a person's session, `thecloud.project.<id>`.
 */
const subprotocol = 'thecloud.v1';
const bearer = 'thecloud.bearer.';
const project = 'thecloud.project.';

/** Requests that ask for a WebSocket, with what came after their head. */
const waiting = new WeakMap<IncomingMessage, { socket: Socket; head: Buffer }>();

/** A complete WebSocket handshake (RFC 6455); anything else that says Upgrade is answered as if it did not. */
export function wantsWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/**
 * Lets `answer` see upgrade requests as it sees all others, so that a refusal is a plain answer like any other; only
 * `takeWebSocket` makes one of them a WebSocket.
 *
 * The Origin header is not looked at. It protects what a browser sends by itself, which is cookies, and we have none:
 * a page of another site that reaches us holds no credential that its user did not hand to it.
 */
export function answerUpgrades(server: Server, answer: RequestListener): void {
  server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    protocolsToHeaders(req);
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket);
    res.once('finish', () => {
      res.detachSocket(socket);
      res.emit('close');
      socket.destroySoon();
    });
    waiting.set(req, { socket, head });
    answer(req, res);
  });
}

function protocolsToHeaders({ headers }: IncomingMessage): void {
  const names = offered(headers['sec-websocket-protocol']);
  const after = (prefix: string) => names.find((name) => name.startsWith(prefix))?.slice(prefix.length);
  const key = after(bearer);
  if (key && headers.authorization === undefined && headers['x-api-key'] === undefined)
    headers.authorization = `Bearer ${key}`;
  const id = after(project);
  if (id && headers['x-project-id'] === undefined) headers['x-project-id'] = id;
}

const offered = (header = '') => header.split(',').map((name) => name.trim());

export const isUpgrade = (req: IncomingMessage): boolean => waiting.has(req);

/** Refuses an offer out of which nothing could be chosen: a browser takes no answer that chooses none. */
export function checkSubprotocols({ headers }: IncomingMessage): void {
  const header = headers['sec-websocket-protocol'];
  if (header !== undefined && !offered(header).includes(subprotocol)) throw errors.SUBPROTOCOL_REQUIRED({});
}

/** The largest frame is `maxPayload` bytes; a larger one closes with 1009. */
export function webSocketServer(maxPayload: number): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression costs each connection hundreds of KiB, which is more than our small messages save.
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: () => subprotocol, // checkSubprotocols has seen it among those offered
  });
  server.on('headers', (lines, req) => {
    const id = requestIds.get(req);
    if (id) lines.push(`X-Request-Id: ${id}`);
  });
  return server;
}
const requestIds = new WeakMap<IncomingMessage, string>();

/** Turns a waiting request into a WebSocket; undefined if its caller has gone. `res` closes with it. */
export function takeWebSocket(
  server: WebSocketServer,
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
): WebSocket | undefined {
  const { socket, head } = waiting.get(req)!;
  requestIds.set(req, requestId);
  res.detachSocket(socket);
  let taken: WebSocket | undefined;
  server.handleUpgrade(req, socket, head, (opened) => (taken = opened));
  if (!taken) {
    res.emit('close');
    return undefined;
  }
  taken.on('error', () => {}); // whatever breaks it also closes it
  taken.once('close', () => res.emit('close'));
  return taken;
}
