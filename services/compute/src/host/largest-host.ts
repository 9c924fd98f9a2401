import type { InstanceSize } from '../instance-type/instance-type';

/** What could be promised on one host. */
export type HostSize = InstanceSize;

const KEEP_MS = 2_000;

/**
 * The largest host, remembered for a while, since every create asks: what it has room for is accepted from memory, and
 * a no is said only of what was read after the asking.
 */
export class LargestHost {
  #known: { readonly size: HostSize; readonly readAt: number } | undefined;

  constructor(private readonly read: () => Promise<HostSize | undefined>) {}

  /** Undefined: there is no host yet. */
  async find(wanted: HostSize): Promise<HostSize | undefined> {
    const known = this.#known;
    if (known && performance.now() - known.readAt < KEEP_MS && fits(wanted, known.size)) return known.size;
    const readAt = performance.now();
    const size = await this.read();
    this.#known = size && { size, readAt };
    return size;
  }
}

export const fits = (wanted: HostSize, size: HostSize): boolean =>
  wanted.cpuMillicores <= size.cpuMillicores && wanted.memoryMib <= size.memoryMib;
