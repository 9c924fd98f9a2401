import { agentV1 } from '@thecloud/api';
import { createLaneClient } from '@thecloud/service-kit';
import type { CertificateFiles, UnaryClient } from '@thecloud/service-kit';

export type AgentClient = UnaryClient<agentV1.AgentServiceClient>;

/** One kept channel to each host's agent; what is asked of it in the same turn of the event loop travels together. */
export class Agents {
  readonly #clients = new Map<string, AgentClient>();

  constructor(private readonly certificates: CertificateFiles) {}

  at(endpoint: string): AgentClient {
    const known = this.#clients.get(endpoint);
    if (known) return known;
    const client = createLaneClient(agentV1.AgentServiceClient, {
      target: endpoint,
      credentials: this.certificates.channelCredentials(),
      serverKind: 'agent',
    });
    this.#clients.set(endpoint, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
