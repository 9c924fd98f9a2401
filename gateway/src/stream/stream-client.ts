import type { Client } from '@grpc/grpc-js';
import { isBulk } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { onOwnConnection } from '@thecloud/service-kit';
import type { StreamingCall } from '@thecloud/service-kit';

/** gRPC clients of a service by name ("identity", "compute"). */
export interface StreamClients {
  /** One that is kept. Its owner closes it, after the gateway. */
  readonly channelFor: (service: string) => Client;
  /** One for a single stream, with a connection of its own. Absent: streams share `channelFor`. */
  readonly ownConnection?: (service: string) => Client;
}

/**
 * Starts a stream's call to a service. Bulk data (logs, programs, files, uploads) has a connection of its own, so that
 * readers that are slow or vanish delay nobody else. Watches share one: they are many, and their messages small and rare.
 */
export function startStream<S extends StreamingCall>(
  { channelFor, ownConnection }: StreamClients,
  service: string,
  method: MethodEntry,
  start: (client: Client) => S,
): S {
  if (!isBulk(method) || !ownConnection) return start(channelFor(service));
  return onOwnConnection(() => ownConnection(service), start);
}
