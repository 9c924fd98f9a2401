import { agentV1 } from '@thecloud/api';
import { channelOptions } from '@thecloud/service-kit';
import type { CertificateFiles, Logger } from '@thecloud/service-kit';
import type { Kinds } from './core/kinds';
import type { Observations } from './core/observations';
import { Reporter } from './core/report';
import { observedFrom } from './rpc/mapping';

export interface ReportsDeps {
  readonly kinds: Kinds;
  readonly observations: Observations;
  readonly certificates: CertificateFiles;
  /** gRPC target of a service. */
  targetOf(owner: string): string;
  readonly log: Logger;
}

/** One stream to each service that owns a kind of this host. */
export function startReports(d: ReportsDeps): { readonly missing: string[]; close(): void } {
  const owners = [...new Set(d.kinds.all().map(({ owner }) => owner))];
  const toWire = observedFrom(d.kinds);
  const all = owners.map((owner) => {
    const credentials = d.certificates.channelCredentials();
    const client = new agentV1.ReportServiceClient(d.targetOf(owner), credentials, channelOptions(owner));
    const { observations, log } = d;
    const reports = (kind: string) => d.kinds.find(kind)?.owner === owner;
    const reporter = new Reporter({ owner, reports, open: () => client.report(), observations, toWire, log });
    reporter.start();
    return { owner, client, reporter };
  });
  return {
    /** Services that do not answer. */
    get missing() {
      return all.filter(({ reporter }) => !reporter.connected).map(({ owner }) => owner);
    },
    close: () => {
      for (const { client, reporter } of all) {
        reporter.close();
        client.close();
      }
    },
  };
}
