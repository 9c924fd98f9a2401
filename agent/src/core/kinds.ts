import { errors } from '../errors';
import type { Driver } from './driver';
import type { Kind } from './kind';
import type { Ref } from './thing';

/** The kinds that this host carries, by name. */
export class Kinds {
  readonly #byName: ReadonlyMap<string, Kind>;

  constructor(kinds: readonly Kind[]) {
    this.#byName = new Map(kinds.map((kind) => [kind.name, kind]));
  }

  all(): Kind[] {
    return [...this.#byName.values()];
  }

  find(name: string): Kind | undefined {
    return this.#byName.get(name);
  }

  /** @throws CloudError KIND_UNKNOWN */
  of({ kind }: Pick<Ref, 'kind'>): Kind {
    const known = this.#byName.get(kind);
    if (!known) throw errors.KIND_UNKNOWN({ kind, known: [...this.#byName.keys()].join(', ') });
    return known;
  }

  /** Every driver there is, with its kind. */
  drivers(): Array<{ readonly kind: Kind; readonly driver: Driver }> {
    return this.all().flatMap((kind) => [...kind.drivers.values()].map((driver) => ({ kind, driver })));
  }
}

/** The one that makes what no order names a driver for. */
export function defaultDriver(kind: Kind): string {
  const [first] = kind.drivers.keys();
  if (first === undefined) throw new Error(`the kind ${kind.name} has no driver`);
  return first;
}
