import type { IncomingMessage, ServerResponse } from 'node:http';
import { fromBinary } from '@bufbuild/protobuf';
import type { CloudError } from '@thecloud/kernel';
import { toProblem } from '../problem';
import type { Route } from '../routes';
import { resultFrame } from './frame';
import { mostBuffered } from './sink';
import type { Sink } from './sink';

export const ndjson = 'application/x-ndjson';
const keepAliveMs = 30_000;

/** Starts a 200 whose body grows with every message: a line of JSON each, or the route's plain body. */
export function chunkedSink(
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
): Sink {
  const plain = plainType(route, req.headers.accept ?? '');
  res.statusCode = 200;
  res.setHeader('Content-Type', plain ?? ndjson);
  res.setHeader('X-Accel-Buffering', 'no'); // reverse proxies are to pass each message on at once
  res.flushHeaders();
  req.socket.setKeepAlive(true, keepAliveMs); // finds readers that vanished without a word
  const encode =
    plain === undefined ? (message: Buffer) => `${resultFrame(route, message)}\n` : plainBody(route);
  let waiting: (() => void) | undefined;
  for (const event of ['drain', 'close']) res.on(event, () => waiting?.());
  return {
    send: async (message) => {
      res.write(encode(message));
      if (res.writableLength > mostBuffered && !res.destroyed)
        await new Promise<void>((resolve) => (waiting = resolve));
    },
    end: () => void res.end(),
    fail: (error: CloudError) => {
      // A plain body has no place for words of ours: its reader sees that it is cut short.
      if (plain !== undefined) res.destroy();
      else res.end(`${JSON.stringify({ error: toProblem(error, requestId) })}\n`);
    },
    destroy: () => void res.destroy(),
  };
}

/** The type of a plain answer, undefined where messages are sent as JSON. */
function plainType(route: Route, accept: string): string | undefined {
  if (!route.plainBody || /\b(x-ndjson|json)\b/.test(accept)) return undefined;
  return accept.includes('application/octet-stream')
    ? 'application/octet-stream'
    : 'text/plain; charset=utf-8';
}

function plainBody(route: Route): (message: Buffer) => Uint8Array {
  const { localName } = route.plainBody!;
  return (message) =>
    (fromBinary(route.output, message) as unknown as Record<string, Uint8Array>)[localName] ??
    new Uint8Array();
}
