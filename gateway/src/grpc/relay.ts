import type { Metadata, ServerDuplexStream, StatusObject } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { asIs } from '../backend-call';
import { startStream } from '../stream/stream-client';
import type { StreamClients } from '../stream/stream-client';

/** A call of somebody outside; its messages are bytes that nobody here looks into. */
export type PublicCall = ServerDuplexStream<Buffer, Buffer>;

export interface RelayOptions {
  readonly method: MethodEntry;
  readonly requestId: string;
  readonly metadata: Metadata;
  readonly deadline: Date;
  /** Aborting it cancels the call. */
  readonly signal: AbortSignal;
  /** Called once the service has let the caller in. */
  readonly accepted: () => void;
}

/** How a service ended a call. */
export type Ending = Pick<StatusObject, 'code' | 'details'> & { readonly metadata?: Metadata };

/**
 * Calls the service as the caller calls us, and passes messages both ways, each only as fast as it is taken. All four
 * kinds of calls are the same on the wire: one that takes or gives one message is a stream of one. Answers once all that the
 * service said has been passed on; never rejects.
 */
export function relay(
  call: PublicCall,
  clients: StreamClients,
  service: string,
  o: RelayOptions,
): Promise<Ending> {
  const backend = startStream(clients, service, o.method, (client) =>
    client.makeBidiStreamRequest<Buffer, Buffer>(o.method.path, asIs, asIs, o.metadata, {
      deadline: o.deadline,
    }),
  );
  const ended = new Promise<Ending>((resolve) => {
    let said: StatusObject | undefined;
    let read = false;
    const settle = () => read && said && resolve(said);
    backend.on('status', (ending) => {
      said = ending;
      settle();
    });
    backend.on('end', () => {
      read = true;
      settle();
    });
    backend.on('error', () => {}); // 'status' tells it
    call.on('cancelled', () => {
      backend.cancel();
      resolve({ code: status.CANCELLED, details: 'the caller went away' });
    });
  });
  o.signal.addEventListener('abort', () => backend.cancel(), { once: true });
  backend.on('metadata', o.accepted);
  // Streams of buffers, though their types say less than Node's.
  call.pipe(backend as unknown as NodeJS.WritableStream);
  backend.pipe(call as unknown as NodeJS.WritableStream, { end: false });
  return ended;
}
