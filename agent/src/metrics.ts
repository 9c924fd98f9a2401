import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Kinds } from './core/kinds';
import type { Observations } from './core/observations';
import { KIND } from './kinds/instance/names';

const INSTANCE_PHASES = ['absent', 'pulling', 'creating', 'running', 'exited', 'failed'];

/** What an agent tells its operator besides its calls; every series is there from the start. */
export function agentMetrics(
  registry: Registry,
  kinds: Kinds,
  observations: Observations,
  streams: { readonly open: number },
  connected: () => boolean,
): void {
  new Gauge({
    name: 'thecloud_agent_things',
    help: 'Things known to this host, by kind',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      for (const kind of kinds.all()) this.set({ kind: kind.name }, 0);
      for (const { kind } of observations.all()) this.inc({ kind });
    },
  });
  new Gauge({
    name: 'thecloud_agent_instances',
    help: 'Instances known to this host, by phase',
    labelNames: ['phase'],
    registers: [registry],
    collect() {
      for (const phase of INSTANCE_PHASES) this.set({ phase }, 0);
      for (const { kind, phase } of observations.all()) if (kind === KIND) this.inc({ phase });
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
