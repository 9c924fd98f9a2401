/** A size of instance: what placement reserves and the host enforces. */
export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly description: string;
}

/** The catalogue, smallest first. */
export const instanceTypes: readonly InstanceType[] = [
  { name: 'nano-1', vcpus: 1, memoryMib: 128, description: 'for trials' },
  { name: 'basic-1', vcpus: 1, memoryMib: 512, description: 'small services' },
  { name: 'basic-2', vcpus: 1, memoryMib: 1024, description: 'small services with a cache' },
  { name: 'standard-1', vcpus: 2, memoryMib: 2048, description: 'web applications' },
  { name: 'standard-2', vcpus: 2, memoryMib: 4096, description: 'web applications and databases' },
  { name: 'standard-4', vcpus: 4, memoryMib: 8192, description: 'busy applications' },
  { name: 'performance-1', vcpus: 4, memoryMib: 16384, description: 'databases and caches' },
  { name: 'performance-2', vcpus: 8, memoryMib: 32768, description: 'large databases' },
];

export const knownTypes = instanceTypes.map((t) => t.name).join(', ');

export function findInstanceType(name: string): InstanceType | undefined {
  return instanceTypes.find((t) => t.name === name);
}

/** Processes an instance may have at most: enough for any server, too few to starve a host. */
export const PIDS_PER_VCPU = 512;
