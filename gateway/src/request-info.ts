import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { Metadata } from '@grpc/grpc-js';
import { commonErrors } from '@thecloud/kernel';
import type { Caller } from './authenticate';

/** What is known of a request while it is answered; the access log reads it at the end. */
export interface RequestInfo {
  readonly id: string;
  readonly startedAt: number;
  /** The route's template; undefined while none has matched. */
  route?: string;
  caller?: Caller;
  /** The status that counts where the answer is no plain one: 101, once it is a WebSocket. */
  outcome?: number;
}

/** A caller's own X-Request-Id is kept if it is harmless, so that logs on both sides can be joined. */
export function newRequestInfo(req: Pick<IncomingMessage, 'headers'>): RequestInfo {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
  return { id, startedAt: performance.now() };
}

const infos = new WeakMap<ServerResponse, RequestInfo>();

/** From here on `requestInfo` of this answer is that of this request. */
export function beginRequest(req: IncomingMessage, res: ServerResponse): RequestInfo {
  const info = newRequestInfo(req);
  infos.set(res, info);
  return info;
}

export function requestInfo(res: ServerResponse): RequestInfo {
  const info = infos.get(res);
  if (!info) throw new Error('an answer was begun for no request');
  return info;
}

/** Names the route for log and metrics. */
export function named(route: string) {
  return (_req: Request, res: Response, next: NextFunction): void => {
    requestInfo(res).route = route;
    next();
  };
}

/** W3C Trace Context, version 00. */
const traceContext = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** gRPC metadata of a call on behalf of `req`. Throws IDEMPOTENCY_KEY_INVALID. */
export function backendMetadata(req: IncomingMessage, info: RequestInfo): Metadata {
  return metadataFor(req.headers, req.socket.remoteAddress, info);
}

/** The same of what is no HTTP request. */
export function metadataFor(
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  info: RequestInfo,
): Metadata {
  const metadata = new Metadata();
  metadata.set('x-request-id', info.id);
  const { traceparent, 'idempotency-key': idempotencyKey } = headers;
  if (typeof traceparent === 'string' && traceContext.test(traceparent))
    metadata.set('traceparent', traceparent);
  if (info.caller) metadata.set('authorization', `Bearer ${info.caller.token}`);
  if (idempotencyKey !== undefined) {
    if (typeof idempotencyKey !== 'string' || !/^[A-Za-z0-9._~:-]{1,128}$/.test(idempotencyKey))
      throw commonErrors.IDEMPOTENCY_KEY_INVALID({});
    metadata.set('idempotency-key', idempotencyKey);
  }
  // Only what we saw ourselves: a caller could write any address into its own header.
  const address = remoteAddress?.replace(/^::ffff:/, '');
  if (address) metadata.set('x-forwarded-for', address);
  return metadata;
}
