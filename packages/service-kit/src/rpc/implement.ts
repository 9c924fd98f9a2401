import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
} from '@grpc/grpc-js';
import type { RequestContext } from '../context';
import { takingEncoded } from './encoded';
import type { Encoded } from './encoded';
import { takingAnyBytes } from './undecodable';

/** A handler as we write them: context and request in, answer out, CloudError thrown. */
export type Handler<H> =
  H extends handleUnaryCall<infer Q, infer R>
    ? (ctx: RequestContext, request: Q) => Promise<R | Encoded<R>>
    : H extends handleServerStreamingCall<infer Q, infer R>
      ? (ctx: RequestContext, request: Q) => AsyncIterable<R>
      : H extends handleClientStreamingCall<infer Q, infer R>
        ? (ctx: RequestContext, requests: AsyncIterable<Q>) => Promise<R>
        : H extends handleBidiStreamingCall<infer Q, infer R>
          ? (ctx: RequestContext, requests: AsyncIterable<Q>) => AsyncIterable<R>
          : never;

/** All rpcs of a ts-proto server interface, without its index signature. */
export type Handlers<S> = { [K in keyof S as string extends K ? never : K]: Handler<S[K]> };

export interface Implementation {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, (ctx: RequestContext, request: never) => unknown>>;
}

/** Pairs a service with what answers it; a missing or mistyped rpc does not compile. */
export function implement<S>(
  definition: ServiceDefinition & { [K in keyof Handlers<S>]: object },
  handlers: Handlers<S>,
): Implementation {
  return {
    definition: takingAnyBytes(takingEncoded(definition)),
    handlers: handlers as Implementation['handlers'],
  };
}
