import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { create, toBinary } from '@bufbuild/protobuf';
import type { ClientWritableStream } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { asIs, emptyAnswer } from './backend-call';
import type { CallOptions } from './backend-call';
import { fromBackend } from './backend-error';
import { errors } from './errors';
import { continueBody } from './expect-continue';
import type { Route } from './routes';
import { fieldNamed } from './routes';
import { startStream } from './stream/stream-client';
import type { StreamClients } from './stream/stream-client';

export interface UploadLimits {
  readonly maxBytes: number;
  /** The longest pause between two pieces of the body, ms. */
  readonly idleMs: number;
}

const tar = ['application/x-tar', 'application/octet-stream'];
/** What the body may be. An image may come compressed; the files of an instance are unpacked by its host as they are. */
export const uploadMediaTypes = ({ rpc }: MethodEntry): readonly string[] =>
  rpc === 'UploadImage' ? [...tar, 'application/gzip'] : tar;

const chunkBytes = 512 * 1024;

/**
 * Streams the body into a client-streaming rpc: `first` (already encoded, from the query), then chunks, each only
 * as fast as the backend takes them. Rejects with the backend's error, or with what is wrong with the body.
 */
export async function uploadCall(
  clients: StreamClients,
  route: Route,
  first: Buffer,
  req: IncomingMessage,
  limits: UploadLimits,
  o: CallOptions,
): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits);
  const answer = Promise.withResolvers<Buffer>();
  const ended = new AbortController();
  const options = { deadline: Date.now() + o.timeoutMs };
  const call = startStream(clients, o.backend, route.method, (client) =>
    client.makeClientStreamRequest<Buffer, Buffer>(
      route.method.path,
      asIs,
      asIs,
      o.metadata,
      options,
      (error, bytes) => {
        if (bytes && !error) answer.resolve(bytes);
        else answer.reject(fromBackend(error ?? emptyAnswer, o.backend, o.requestId));
        ended.abort();
      },
    ),
  );
  const cancel = () => call.cancel();
  o.signal?.addEventListener('abort', cancel, { once: true });
  if (o.signal?.aborted) cancel();
  try {
    call.write(first);
    await sendBody(call, route, req, limits, ended.signal);
    call.end();
  } catch (error) {
    // Once the backend has answered, its answer counts and not that we could send it no more.
    if (!ended.signal.aborted) {
      answer.promise.catch(() => {}); // the cancellation's own error says nothing new
      call.cancel();
      throw error;
    }
  } finally {
    o.signal?.removeEventListener('abort', cancel);
  }
  return answer.promise;
}

type Call = ClientWritableStream<Buffer>;

async function sendBody(
  call: Call,
  route: Route,
  req: IncomingMessage,
  limits: UploadLimits,
  ended: AbortSignal,
) {
  const field = fieldNamed(route.input, route.body)!;
  const encode = (chunk: Buffer) =>
    Buffer.from(toBinary(route.input, create(route.input, { [field.localName]: chunk })));
  let size = 0;
  continueBody(req);
  for await (const data of pieces(req, limits.idleMs, ended)) {
    size += data.length;
    if (size > limits.maxBytes) throw tooLarge(limits);
    for (let at = 0; at < data.length; at += chunkBytes) {
      if (!call.write(encode(data.subarray(at, at + chunkBytes))))
        await once(call, 'drain', { signal: ended });
    }
  }
  if (size === 0) throw errors.MALFORMED_BODY({ why: 'it is empty; send the file itself as the body' });
}

/** The body piece by piece, leaving the request open (an answer still has to go out) whichever way it ends. */
async function* pieces(req: IncomingMessage, idleMs: number, ended: AbortSignal): AsyncGenerator<Buffer> {
  while (!ended.aborted) {
    const data = req.read() as Buffer | null;
    if (data !== null) {
      yield data;
      continue;
    }
    if (req.readableEnded) return;
    if (req.destroyed) throw errors.MALFORMED_BODY({ why: 'it ended before it was complete' });
    await readableOrEnd(req, idleMs, ended);
  }
}

function readableOrEnd(req: IncomingMessage, idleMs: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      for (const event of ['readable', 'end', 'close', 'error']) req.off(event, go);
      ended.removeEventListener('abort', go);
    };
    const go = () => {
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(errors.BODY_TOO_SLOW({ seconds: String(idleMs / 1000) }));
    }, idleMs);
    for (const event of ['readable', 'end', 'close', 'error']) req.on(event, go);
    ended.addEventListener('abort', go, { once: true });
  });
}

const tooLarge = (limits: UploadLimits) => errors.BODY_TOO_LARGE({ limit: String(limits.maxBytes) });
