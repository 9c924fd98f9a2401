import type { Driver, DriverHealth, Listed } from './driver';
import { DriverError } from './driver-error';
import type { Kind } from './kind';
import type { Kinds } from './kinds';
import { keyOf } from './thing';
import type { Ref } from './thing';

export interface EngineState {
  readonly kind: Kind;
  readonly driver: Driver;
  /** It did not answer when last asked. */
  blind: boolean;
  /** When it last did, or this agent began. */
  sawAt: Date;
}

/** All drivers of the host, and which of them has what. */
export class Engines {
  readonly all: readonly EngineState[];
  /** The driver that has a thing, by the thing's key. */
  readonly #located = new Map<string, string>();

  constructor(
    kinds: Kinds,
    private readonly d: { now(): number; log: { warn(o: object, text: string): void } },
  ) {
    const sawAt = new Date(d.now());
    this.all = kinds.drivers().map((one) => ({ ...one, blind: false, sawAt }));
  }

  locate(ref: Ref): string | undefined {
    return this.#located.get(keyOf(ref));
  }

  forget(ref: Ref): void {
    this.#located.delete(keyOf(ref));
  }

  /** Undefined: it does not answer. */
  async list({ kind, driver }: EngineState): Promise<Listed[] | undefined> {
    try {
      const listed = await driver.list();
      for (const { id } of listed) this.#located.set(keyOf({ kind: kind.name, id }), driver.name);
      return listed;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.d.log.warn({ err: error, kind: kind.name, driver: driver.name }, 'what it has cannot be listed');
      return undefined;
    }
  }

  /** Asks it. While it does not answer, nobody knows how its things are; `why` says since when. */
  async ask(engine: EngineState): Promise<{ health: DriverHealth; isBack: boolean }> {
    const health = await engine.driver.probe();
    const isBack = health.ok && engine.blind;
    engine.blind = !health.ok;
    if (!health.ok) {
      const why = `${health.why}. Not known since ${engine.sawAt.toISOString()}.`;
      return { health: { ok: false, why }, isBack };
    }
    engine.sawAt = new Date(this.d.now());
    return { health, isBack };
  }
}
