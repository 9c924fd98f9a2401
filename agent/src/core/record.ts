import type { InstanceConfig, Order } from '../kinds/instance/spec';

/** What the journal keeps of one instance. */
export interface InstanceRecord {
  readonly order: Order;
  /**
   * The newest order that was carried out: running was started (once!), stopped was stopped, absent is gone.
   * Undefined: none yet. A program that ends is not started again for an order that is already carried out, except
   * by its restart policy.
   */
  readonly done?: { readonly generation: number; readonly restartNonce: number };
  /** Restarts by policy, ever. */
  readonly restartCount: number;
  /**
   * Compute said that it is not placed here (any more): it must not run here, whatever the order says. An order for it
   * makes a new record.
   */
  readonly notHere?: boolean;
  /** When an absent instance was gone, in ms since 1970: from then on the record only refuses late orders. */
  readonly goneAt?: number;
}

/** bigint has no JSON: the epoch travels as a string. */
export function recordToJson(record: InstanceRecord): string {
  return JSON.stringify({
    version: 1,
    ...record,
    order: { ...record.order, epoch: String(record.order.epoch) },
  });
}

/** @throws Error when it is no record of this version */
export function recordFrom(parsed: object): InstanceRecord {
  const { version, order, done, restartCount, notHere, goneAt } = parsed as {
    version: number;
    order: Omit<Order, 'epoch'> & { epoch: string };
  } & InstanceRecord;
  if (version !== 1) throw new Error(`unknown journal version ${version}`);
  if (typeof order.instanceId !== 'string') throw new Error('its instance is missing');
  if (!Number.isInteger(order.generation) || !Number.isInteger(restartCount))
    throw new Error('a number is missing');
  if (order.desired !== 'absent' && !order.config) throw new Error('its config is missing');
  const config = order.config && configFrom(order.config);
  return { order: { ...order, config, epoch: BigInt(order.epoch) }, done, restartCount, notHere, goneAt };
}

/** Before there were thousandths, an agent journaled whole vCPUs, and no entrypoint. */
function configFrom(config: InstanceConfig & { readonly vcpus?: number }): InstanceConfig {
  const { vcpus = 1, ...rest } = config;
  return {
    ...rest,
    cpuMillicores: config.cpuMillicores ?? vcpus * 1_000,
    entrypoint: config.entrypoint ?? [],
  };
}

/** Gone since before `ms`? Such a record only refuses late orders. */
export function isTombstone(record: InstanceRecord, ms: number): boolean {
  return record.order.desired === 'absent' && record.goneAt !== undefined && record.goneAt < ms;
}

/** Is the instance of this host, and to stay? */
export function isHere(record: InstanceRecord | undefined): boolean {
  return record !== undefined && record.order.desired !== 'absent' && !record.notHere;
}
