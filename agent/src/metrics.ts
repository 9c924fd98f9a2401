import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Observations, Phase } from './core/observations';

const PHASES: readonly Phase[] = ['absent', 'pulling', 'creating', 'running', 'exited', 'failed'];

/** What an agent tells its operator besides its calls; every series is there from the start. */
export function agentMetrics(
  registry: Registry,
  observations: Observations,
  streams: { readonly open: number },
  connected: () => boolean,
): void {
  new Gauge({
    name: 'thecloud_agent_instances',
    help: 'Instances known to this host, by phase',
    labelNames: ['phase'],
    registers: [registry],
    collect() {
      for (const phase of PHASES) this.set({ phase }, 0);
      for (const { phase } of observations.all()) this.inc({ phase });
    },
  });
  new Gauge({
    name: 'thecloud_agent_connected',
    help: '1 while the stream to compute is open and answered',
    registers: [registry],
    collect() {
      this.set(connected() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'thecloud_agent_streams',
    help: 'Open streams of logs, exec and stats',
    registers: [registry],
    collect() {
      this.set(streams.open);
    },
  });
}
