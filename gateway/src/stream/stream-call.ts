import type { ServiceError } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import { asIs } from '../backend-call';
import type { CallOptions } from '../backend-call';
import { fromBackend } from '../backend-error';
import { startStream } from './stream-client';
import type { StreamClients } from './stream-client';

/** The call behind a stream; messages are encoded. */
export interface StreamCall {
  /** Resolves when the service has let the caller in; rejects with its refusal, or when it says neither in time. */
  accepted(withinMs: number): Promise<void>;
  /** Ends with the call; throws the CloudError it failed with. At most a few messages are read ahead. */
  messages(): AsyncIterable<Buffer>;
  /** False: wait for `drained` before the next. Only for calls that stream their requests. */
  send(message: Buffer): boolean;
  drained(then: () => void): void;
  /** No more requests follow. */
  endRequests(): void;
  cancel(): void;
}

/** Opens the call with its first request. Its deadline (`timeoutMs`) is that of the whole stream. */
export function openStreamCall(
  clients: StreamClients,
  method: MethodEntry,
  first: Buffer,
  o: CallOptions,
): StreamCall {
  const options = { deadline: Date.now() + o.timeoutMs };
  // On the wire, a call that takes one request is one that streams requests and ends after the first.
  const call = startStream(clients, o.backend, method, (client) =>
    client.makeBidiStreamRequest<Buffer, Buffer>(method.path, asIs, asIs, o.metadata, options),
  );
  call.write(first);
  let ended = !method.requestStream;
  if (ended) call.end();
  const failure = (error: unknown) => fromBackend(error as ServiceError, o.backend, o.requestId);
  let broken: unknown;
  call.on('error', (error) => (broken = error)); // it may come before anybody reads
  return {
    accepted: (withinMs) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          call.cancel();
          reject(commonErrors.DEADLINE_EXCEEDED({}));
        }, withinMs);
        const settle = (then: () => void) => () => {
          clearTimeout(late);
          then();
        };
        call.once('metadata', settle(resolve));
        call.once('status', settle(resolve)); // ended well without a word
        call.once('error', (error) => settle(() => reject(failure(error)))());
      }),
    messages: async function* () {
      try {
        yield* call as AsyncIterable<Buffer>;
      } catch (error) {
        throw failure(error);
      }
      if (broken !== undefined) throw failure(broken);
    },
    send: (message) => ended || call.write(message),
    drained: (then) => void call.once('drain', then),
    endRequests: () => {
      if (!ended) call.end();
      ended = true;
    },
    cancel: () => call.cancel(),
  };
}
