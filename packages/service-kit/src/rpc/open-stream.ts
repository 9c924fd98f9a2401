import { Metadata } from '@grpc/grpc-js';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { injectTrace } from '../telemetry/tracing';
import { fromServiceError } from './wire-errors';

export interface StreamOptions {
  /** Until the other end accepts the call, in milliseconds; a stream itself may last. */
  readonly setUpMs: number;
  /** Cancels the call. */
  readonly signal: AbortSignal;
}

/**
 * Waits until the other end has accepted a streaming call, and answers with its messages. They are fetched as they are
 * asked for; who stops asking cancels the call. Refusals and failures are CloudErrors.
 */
export async function openStream<R>(
  call: ClientReadableStream<R>,
  { setUpMs, signal }: StreamOptions,
): Promise<AsyncIterable<R>> {
  let failure: ServiceError | undefined;
  // Stays: an 'error' that nobody listens to would end the process.
  call.on('error', (error: ServiceError) => (failure ??= error));
  const cancel = () => call.cancel();
  const detach = () => signal.removeEventListener('abort', cancel);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await accepted(call, setUpMs);
  } catch (thrown) {
    detach();
    call.cancel();
    throw thrown;
  }
  return (async function* () {
    try {
      for await (const message of call as AsyncIterable<R>) yield message;
      if (failure) throw failure;
    } catch (thrown) {
      throw fromServiceError((failure ?? thrown) as ServiceError);
    } finally {
      detach();
      call.cancel();
    }
  })();
}

function accepted(call: ClientReadableStream<unknown>, setUpMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(commonErrors.DEADLINE_EXCEEDED({})), setUpMs);
    const settle = (end: () => void) => () => {
      clearTimeout(timer);
      end();
    };
    call.once('metadata', settle(resolve));
    call.once('error', (error: ServiceError) => settle(() => reject(fromServiceError(error)))());
  });
}

/** What every call of ours carries on: the request id of the call it is made for, and the trace. */
export function outgoing(parent?: Pick<RequestContext, 'requestId'>, metadata = new Metadata()): Metadata {
  if (parent) metadata.set('x-request-id', parent.requestId);
  injectTrace(metadata);
  return metadata;
}
