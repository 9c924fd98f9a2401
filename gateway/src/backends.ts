import { Client } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { channelOptions, ownConnectionOptions } from '@thecloud/service-kit';

/** One client a service, over all its live replicas, kept for the life of the process. */
export class Backends {
  readonly #clients = new Map<string, Client>();

  constructor(private readonly credentials: ChannelCredentials) {}

  readonly channelFor = (service: string): Client => {
    const known = this.#clients.get(service);
    if (known) return known;
    const client = new Client(`thecloud:///${service}`, this.credentials, channelOptions(service));
    this.#clients.set(service, client);
    return client;
  };

  /** A client with a connection of its own to one replica. Its caller closes it. */
  readonly ownConnection = (service: string): Client =>
    new Client(`thecloud:///${service}`, this.credentials, ownConnectionOptions(service));

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
