import type { Client } from '@grpc/grpc-js';
import type { MethodEntry } from '@thecloud/api';
import { onOwnConnection } from '@thecloud/service-kit';

export interface StreamClients {
  readonly channelFor: (service: string) => Client;
  readonly ownConnection?: (service: string) => Client;
}

type StreamingCall = ReturnType<Parameters<typeof onOwnConnection>[1]>;

/**
 * Starts a stream's call to a service. Bulk data (logs, programs, files, uploads) has a connection of its own, so that
 * readers that are slow or vanish delay nobody else. Watches share one: they are many, and their messages small and rare.
 */
export function startStream<S extends StreamingCall>(
  { channelFor, ownConnection }: StreamClients,
  service: string,
  { rpc, requestStream, responseStream }: MethodEntry,
  start: (client: Client) => S,
): S {
  const bulk = (requestStream || responseStream) && !rpc.startsWith('Watch');
  if (!bulk || !ownConnection) return start(channelFor(service));
  return onOwnConnection(() => ownConnection(service), start);
}
