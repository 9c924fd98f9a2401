import { createHash } from 'node:crypto';
import type { InstanceSpec, PortBinding } from './ports/instance-driver';

export type Desired = 'running' | 'stopped' | 'absent';
export type OnHostLoss = 'restart' | 'keep';
export type RestartPolicy = 'always' | 'on-failure' | 'never';

export interface InstanceConfig {
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly PortBinding[];
  readonly restartPolicy: RestartPolicy;
  /** Thousandths of a vCPU. */
  readonly cpuMillicores: number;
  readonly memoryMib: number;
  readonly pids: number;
  readonly hostname: string;
  readonly projectId: string;
  readonly onHostLoss: OnHostLoss;
}

/** One instance's whole wanted state, as compute orders it. */
export interface Order {
  readonly instanceId: string;
  readonly generation: number;
  /** Of the leader that sent it. */
  readonly epoch: bigint;
  readonly desired: Desired;
  /** Undefined only when absent is wanted. */
  readonly config?: InstanceConfig;
  readonly restartNonce: number;
  readonly graceSeconds: number;
}

/**
 * Names everything that only a new container can change. Left out on purpose: the restart policy (the agent's own
 * business), what happens when the host is lost, and the host name and project (a rename must not cost an instance its disk; a new container gets it).
 */
export function specHash(config: InstanceConfig): string {
  const env = Object.entries(config.env).sort(([a], [b]) => (a < b ? -1 : 1));
  const ports = config.ports.map((p) => `${p.hostPort}:${p.containerPort}/${p.protocol}`).sort();
  const parts = [
    ...[
      config.image,
      config.command,
      env,
      ports,
      config.cpuMillicores / 1_000,
      config.memoryMib,
      config.pids,
    ],
    // Only where there is one: what was made before there could be keeps its hash, and so its container.
    ...(config.entrypoint.length > 0 ? [config.entrypoint] : []),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

export function specOf(order: Order, config: InstanceConfig): InstanceSpec {
  const { instanceId: id, generation, restartNonce } = order;
  return { ...config, id, generation, restartNonce, specHash: specHash(config) };
}

/** Do two orders of one generation ask for the same? (The leader may have changed, the wish may not.) */
export function sameWish(a: Order, b: Order): boolean {
  const wish = (o: Order) => [
    o.desired,
    o.restartNonce,
    o.config && specHash(o.config),
    o.config?.restartPolicy,
    o.config?.onHostLoss,
  ];
  return JSON.stringify(wish(a)) === JSON.stringify(wish(b));
}
