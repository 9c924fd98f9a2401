import { agentV1 } from '@thecloud/api';
import { createLaneClient } from '@thecloud/service-kit';
import type { CertificateFiles, UnaryClient } from '@thecloud/service-kit';
import { Unanswered } from './unanswered';

type Client = UnaryClient<agentV1.AgentServiceClient>;
export type AgentClient = Pick<Client, 'applyInstance' | 'observeInstance' | 'listInstances' | 'raw'>;

/** One kept channel to each host's agent; what is asked of it in the same turn of the event loop travels together. */
export class Agents {
  readonly #channels = new Map<string, { readonly client: AgentClient; close(): void }>();

  constructor(private readonly certificates: CertificateFiles) {}

  at(endpoint: string): AgentClient {
    const known = this.#channels.get(endpoint);
    if (known) return known.client;
    const channel = createLaneClient(agentV1.AgentServiceClient, {
      target: endpoint,
      credentials: this.certificates.channelCredentials(),
      serverKind: 'agent',
    });
    const unanswered = new Unanswered();
    const client: AgentClient = {
      raw: channel.raw,
      applyInstance: (order, options) => unanswered.wait(() => channel.applyInstance(order, options)),
      observeInstance: (asked, options) => unanswered.wait(() => channel.observeInstance(asked, options)),
      listInstances: (asked, options) => unanswered.wait(() => channel.listInstances(asked, options)),
    };
    this.#channels.set(endpoint, { client, close: () => channel.close() });
    return client;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}
