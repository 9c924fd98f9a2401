import os from 'node:os';
import type { DriverHealth } from '../core/driver';

/** What of this machine may be promised to instances. */
export interface Capacity {
  /** Thousandths of a vCPU. */
  cpuMillicores: number;
  memoryMib: number;
}

export interface CapacityRules {
  /** vCPUs promised for each of the machine's CPUs. */
  cpuOvercommit: number;
  /** Kept for the machine itself; undefined: 10 %, at least 1 GiB. In MiB. */
  memoryReserveMib?: number;
}

const LEAST_RESERVE_MIB = 1_024;

export function machineCapacity(
  rules: CapacityRules,
  machine = { cpus: os.cpus().length, memory: os.totalmem() },
): Capacity {
  const memoryMib = Math.floor(machine.memory / 2 ** 20);
  const reserve = rules.memoryReserveMib ?? Math.max(LEAST_RESERVE_MIB, Math.ceil(memoryMib / 10));
  return {
    cpuMillicores: Math.floor(machine.cpus * rules.cpuOvercommit * 1_000),
    memoryMib: Math.max(0, memoryMib - reserve),
  };
}

export interface Inventory extends Capacity {
  /** In whole ones, for compute of the version before. */
  vcpus: number;
  hostname: string;
  /** Where published ports answer. */
  address: string;
  agentEndpoint: string;
  agentVersion: string;
  driver: string;
  /** Empty while the engine does not answer. */
  driverVersion: string;
  kernel: string;
  architecture: string;
}

export function inventory(
  capacity: Capacity,
  driver: { name: string; health: DriverHealth },
  self: { address: string; agentEndpoint: string; agentVersion: string },
): Inventory {
  return {
    ...capacity,
    vcpus: Math.floor(capacity.cpuMillicores / 1_000),
    ...self,
    hostname: os.hostname(),
    driver: driver.name,
    driverVersion: driver.health.ok ? driver.health.version : '',
    kernel: `${os.type()} ${os.release()}`,
    architecture: os.machine(),
  };
}
