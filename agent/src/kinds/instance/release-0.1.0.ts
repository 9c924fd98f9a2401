import type { Modernize } from '../../core/journal-lines';
import { CONTROLLER, KIND } from './names';
import type { InstanceConfig, InstanceSpec, InstanceState } from './spec';

/** A record as agents of release 0.1.0 journaled it, when instances were all there was. */
interface OldRecord {
  readonly version: 1;
  readonly order: {
    readonly instanceId: string;
    readonly generation: number;
    readonly epoch: string;
    readonly desired: string;
    readonly config?: OldConfig;
    readonly restartNonce: number;
    readonly graceSeconds: number;
  };
  readonly done?: { readonly generation: number; readonly restartNonce: number };
  readonly restartCount: number;
  readonly notHere?: boolean;
  readonly goneAt?: number;
}

/** The first agents journaled whole vCPUs, and no entrypoint. */
type OldConfig = Omit<InstanceConfig, 'cpuMillicores' | 'entrypoint'> &
  Partial<Pick<InstanceConfig, 'cpuMillicores' | 'entrypoint'>> & { readonly vcpus?: number };

/** Lines of journals of release 0.1.0: orders of compute's instance controller, under one epoch. */
export const fromRelease010: Modernize = (line) => {
  if (line.version === 1) return recordFrom(line as unknown as OldRecord);
  if (typeof line.forgotten === 'string' && line.kind === undefined) return { ...line, kind: KIND };
  if (typeof line.epoch === 'string' && line.controller === undefined)
    return { ...line, controller: CONTROLLER };
  return undefined;
};

/** @throws Error when it is no such record */
function recordFrom({ order, done, restartCount, notHere, goneAt }: OldRecord): Record<string, unknown> {
  if (typeof order.instanceId !== 'string') throw new Error('its instance is missing');
  if (!Number.isInteger(restartCount)) throw new Error('a number is missing');
  const { instanceId: id, generation, epoch, desired, config, restartNonce, graceSeconds } = order;
  if (desired !== 'absent' && !config) throw new Error('its config is missing');
  const spec: InstanceSpec = {
    restartNonce,
    graceSeconds,
    ...(config ? { config: configFrom(config) } : {}),
  };
  const state: InstanceState = { restartCount, ...(done ? { restartNonce: done.restartNonce } : {}) };
  return {
    version: 2,
    order: { kind: KIND, id, generation, controller: CONTROLLER, epoch, desired, driver: '', spec },
    ...(done ? { done: done.generation } : {}),
    state,
    ...(notHere === undefined ? {} : { notHere }),
    ...(goneAt === undefined ? {} : { goneAt }),
  };
}

function configFrom({ vcpus = 1, ...config }: OldConfig): InstanceConfig {
  const { cpuMillicores = vcpus * 1_000, entrypoint = [] } = config;
  return { ...config, cpuMillicores, entrypoint };
}
