import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MethodEntry } from '@thecloud/api';
import type { RunnerObserver } from '@thecloud/reconcile';
import type { Logger } from '../log';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A process's metrics, in Prometheus' terms. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  // A timer that is precise to 10 ms, as is the default, would wake an idle process a hundred times a second.
  collectDefaultMetrics({ register: registry, prefix: 'thecloud_', eventLoopMonitoringPrecision: 100 });
  return registry;
}

/** When this process's certificate ends. */
export function certificateMetric(registry: Registry, certificates: { expiresAt(): Date }): void {
  new Gauge({
    name: 'thecloud_certificate_ends_seconds',
    help: 'When the certificate of this process ends, in seconds since 1970',
    registers: [registry],
    collect() {
      this.set(certificates.expiresAt().getTime() / 1000);
    },
  });
}

const RPC_SECONDS = 'thecloud_rpc_seconds';

/** What every gRPC server measures. Servers of one process share the series. */
export class RpcMetrics {
  readonly #seconds: Histogram<'method' | 'code'>;

  constructor(registry: Registry) {
    const shared = registry.getSingleMetric(RPC_SECONDS) as Histogram<'method' | 'code'> | undefined;
    this.#seconds =
      shared ??
      new Histogram({
        name: RPC_SECONDS,
        help: 'Duration of gRPC calls, by method and outcome',
        labelNames: ['method', 'code'],
        buckets: BUCKETS,
        registers: [registry],
      });
  }

  observe(method: MethodEntry, code: string, seconds: number): void {
    this.#seconds.observe({ method: `${method.service}/${method.rpc}`, code }, seconds);
  }
}

/** What every controller measures, each series there from the start. */
export function runnerMetrics(
  registry: Registry,
  controllers: readonly string[],
  log: Logger,
): RunnerObserver {
  const runs = new Counter({
    name: 'thecloud_reconcile_total',
    help: 'Runs of controllers, by outcome',
    labelNames: ['controller', 'result'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'thecloud_reconcile_seconds',
    help: 'Duration of controller runs',
    labelNames: ['controller'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const epochs = new Gauge({
    name: 'thecloud_leader_epoch',
    help: 'Epoch this process leads the controller in; 0: it does not',
    labelNames: ['controller'],
    registers: [registry],
  });
  for (const controller of controllers) {
    for (const result of ['settled', 'again', 'error']) runs.inc({ controller, result }, 0);
    seconds.zero({ controller });
    epochs.set({ controller }, 0);
  }
  return {
    ran: (controller, result, ms) => {
      runs.inc({ controller, result });
      seconds.observe({ controller }, ms / 1000);
    },
    failed: (controller, key, attempts, err) =>
      log.warn({ err, controller, key, attempts }, 'a run failed and will be tried again'),
    leading: (controller, epoch) => epochs.set({ controller }, Number(epoch ?? 0n)),
  };
}
