import type { Driver } from '../../../core/driver';
import { DRIVER_UNAVAILABLE, DriverError } from '../../../core/driver-error';
import type { ExecDriver } from './exec-driver';
import type { FileDriver } from './file-driver';
import type { ImageDriver } from './image-driver';
import type { InstanceDriver } from './instance-driver';
import type { LogDriver } from './log-driver';
import type { StatsDriver } from './stats-driver';

/** One engine of the host: what runs instances, and what brings it their images. */
export interface InstanceEngine {
  readonly instances: InstanceDriver & Partial<LogDriver & ExecDriver & StatsDriver & FileDriver>;
  readonly images: ImageDriver;
}

/** The engines of the host, by name; the first is its default. */
export class InstanceDrivers extends Map<string, Driver> {
  readonly #engines = new Map<string, InstanceEngine>();

  constructor(engines: readonly InstanceEngine[]) {
    super();
    for (const engine of engines) {
      this.set(engine.instances.name, engine.instances);
      this.#engines.set(engine.instances.name, engine);
    }
  }

  engines(): InstanceEngine[] {
    return [...this.#engines.values()];
  }

  engine(name: string): InstanceEngine | undefined {
    return this.#engines.get(name);
  }

  /** @throws DriverError DRIVER_UNAVAILABLE */
  of(name: string): InstanceEngine {
    const engine = this.#engines.get(name);
    if (engine) return engine;
    throw new DriverError(DRIVER_UNAVAILABLE, `This host has no ${name} driver any more.`, true);
  }
}
