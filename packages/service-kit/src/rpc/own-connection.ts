import type { Client, ClientOptions } from '@grpc/grpc-js';
import { channelOptions } from './client';

/** What every streaming call of a gRPC client emits once, at its end. */
export interface StreamingCall {
  once(event: 'status', listener: () => void): unknown;
}

/**
 * Channel options of a client that carries one stream. Its connection is shared with no other client. Pings go on after
 * the call was cancelled, so that a connection that is stuck is destroyed within 15 s, and its peer hears of it.
 */
export function ownConnectionOptions(serverKind: string): ClientOptions {
  return {
    ...channelOptions(serverKind),
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config': JSON.stringify({
      loadBalancingConfig: [{ pick_first: { shuffleAddressList: true } }],
    }),
    'grpc.keepalive_time_ms': 5_000,
    'grpc.keepalive_timeout_ms': 10_000,
  };
}

/**
 * Starts a streaming call on a connection of its own, which closes when the call ends. Calls that share an HTTP/2
 * connection share its reading: while readers are slow, or many of them vanish with data under way, a connection can
 * stop for all of its calls. On its own connection a stream delays nobody else.
 */
export function onOwnConnection<C extends Client, S extends StreamingCall>(
  connect: () => C,
  start: (client: C) => S,
): S {
  const client = connect();
  try {
    const call = start(client);
    // Not at once: a channel that is closed before it has an address would still connect.
    call.once('status', () => setImmediate(() => client.close()));
    return call;
  } catch (error) {
    client.close();
    throw error;
  }
}
