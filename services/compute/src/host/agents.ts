import { agentV1 } from '@thecloud/api';
import { createLaneClient, onOwnConnection, ownConnectionOptions } from '@thecloud/service-kit';
import type { CertificateFiles, StreamingCall, UnaryClient } from '@thecloud/service-kit';
import { Unanswered } from './unanswered';

type Client = UnaryClient<agentV1.AgentServiceClient>;

export interface AgentClient extends Pick<Client, 'apply' | 'observe' | 'list' | 'statFile'> {
  /** Starts a streaming call, on a connection of its own: however it is read, it delays no order and no other stream. */
  stream<S extends StreamingCall>(start: (client: agentV1.AgentServiceClient) => S): S;
}

/** Where a host's agent is. */
export interface Dialled {
  readonly id: string;
  readonly agentEndpoint: string;
}

/**
 * One kept channel to each host's agent; what is asked of it in the same turn of the event loop travels together. An
 * agent of another host at that address is refused.
 */
export class Agents {
  readonly #channels = new Map<string, { readonly client: AgentClient; close(): void }>();

  constructor(private readonly certificates: CertificateFiles) {}

  of({ id, agentEndpoint: endpoint }: Dialled): AgentClient {
    const key = `${id} ${endpoint}`;
    const known = this.#channels.get(key);
    if (known) return known.client;
    const credentials = this.certificates.channelCredentials({ kind: 'agent', name: id });
    const channel = createLaneClient(agentV1.AgentServiceClient, {
      target: endpoint,
      credentials,
      serverKind: 'agent',
    });
    const connect = () =>
      new agentV1.AgentServiceClient(endpoint, credentials, ownConnectionOptions('agent'));
    const unanswered = new Unanswered();
    const client: AgentClient = {
      statFile: (asked, options) => channel.statFile(asked, options),
      stream: (start) => onOwnConnection(connect, start),
      apply: (order, options) => unanswered.wait(() => channel.apply(order, options)),
      observe: (asked, options) => unanswered.wait(() => channel.observe(asked, options)),
      list: (asked, options) => unanswered.wait(() => channel.list(asked, options)),
    };
    this.#channels.set(key, { client, close: () => channel.close() });
    return client;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}
