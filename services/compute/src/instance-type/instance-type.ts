import { invalidFields } from '@thecloud/kernel';

/** What placement reserves on a host, and the host enforces. */
export interface InstanceSize {
  /** Thousandths of a vCPU. */
  readonly cpuMillicores: number;
  readonly memoryMib: number;
}

/** A size of instance that has a name. */
export interface InstanceType extends InstanceSize {
  readonly name: string;
  readonly description: string;
}

/** The catalogue, smallest first. */
export const instanceTypes: readonly InstanceType[] = [
  { name: 'nano-1', cpuMillicores: 250, memoryMib: 128, description: 'for trials' },
  { name: 'basic-1', cpuMillicores: 1_000, memoryMib: 512, description: 'small services' },
  { name: 'basic-2', cpuMillicores: 1_000, memoryMib: 1024, description: 'small services with a cache' },
  { name: 'standard-1', cpuMillicores: 2_000, memoryMib: 2048, description: 'web applications' },
  {
    name: 'standard-2',
    cpuMillicores: 2_000,
    memoryMib: 4096,
    description: 'web applications and databases',
  },
  { name: 'standard-4', cpuMillicores: 4_000, memoryMib: 8192, description: 'busy applications' },
  { name: 'performance-1', cpuMillicores: 4_000, memoryMib: 16384, description: 'databases and caches' },
  { name: 'performance-2', cpuMillicores: 8_000, memoryMib: 32768, description: 'large databases' },
];

export const knownTypes = instanceTypes.map((t) => t.name).join(', ');

export function findInstanceType(name: string): InstanceType | undefined {
  return instanceTypes.find((t) => t.name === name);
}

/**
 * The size that an instance was given: that of its type when it was made or last resized, whatever the catalogue says
 * now. What was made by the version before this was stored has that of its type.
 */
export function sizeOf(row: InstanceSize & { readonly type: string }): InstanceSize {
  if (row.cpuMillicores > 0) return { cpuMillicores: row.cpuMillicores, memoryMib: row.memoryMib };
  const { cpuMillicores, memoryMib } = findInstanceType(row.type) ?? SMALLEST;
  return { cpuMillicores, memoryMib };
}

const SMALLEST: InstanceSize = { cpuMillicores: 250, memoryMib: 128 };

export const MILLICORES_PER_VCPU = 1_000;
/** In whole ones, rounded up. */
export const vcpusOf = (cpuMillicores: number): number => Math.ceil(cpuMillicores / MILLICORES_PER_VCPU);

/** Processes an instance may have at most, for each vCPU that it has a part of: enough for any server, too few to starve a host. */
export const PIDS_PER_VCPU = 512;

/** Of a filter; an empty one asks for none. INVALID_ARGUMENT: there is no such type. */
export function refuseUnknownType(name: string): void {
  if (name && !findInstanceType(name))
    throw invalidFields([{ field: 'type', description: `must be one of ${knownTypes}` }]);
}
