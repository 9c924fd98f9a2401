import { createHash } from 'node:crypto';
import type { Order } from '../../core/order';
import type { ThingRecord } from '../../core/record';
import type { DriverSpec, PortBinding } from './ports/instance-driver';

/** What may be desired of an instance besides "absent". */
export const DESIRABLE = ['running', 'stopped'] as const;
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

/** What an order says of an instance besides what is desired. */
export interface InstanceSpec {
  /** Undefined only when absent is wanted. */
  readonly config?: InstanceConfig | undefined;
  readonly restartNonce: number;
  readonly graceSeconds: number;
}

/** What the journal remembers of an instance. */
export interface InstanceState {
  /** Restarts by policy, ever. */
  readonly restartCount: number;
  /**
   * That of the newest order that was carried out: running was started (once!), stopped was stopped. A program that
   * ends is not started again for an order that is already carried out, except by its restart policy.
   */
  readonly restartNonce?: number;
}

export type InstanceOrder = Order<InstanceSpec>;
export type InstanceRecord = ThingRecord<InstanceSpec, InstanceState>;

export const restartCountOf = (record: InstanceRecord | undefined): number =>
  record?.state?.restartCount ?? 0;

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

export function driverSpecOf({ id, generation, spec }: InstanceOrder, config: InstanceConfig): DriverSpec {
  const { restartNonce } = spec;
  return { ...config, id, generation, restartNonce, specHash: specHash(config) };
}

/** Do two specs of one generation ask for the same? */
export function isSameSpec(a: InstanceSpec, b: InstanceSpec): boolean {
  const wish = ({ config, restartNonce }: InstanceSpec) => [
    restartNonce,
    config && specHash(config),
    config?.restartPolicy,
    config?.onHostLoss,
  ];
  return JSON.stringify(wish(a)) === JSON.stringify(wish(b));
}
