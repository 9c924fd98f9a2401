export type DriverHealth =
  { readonly ok: true; readonly version: string } | { readonly ok: false; readonly why: string };

/** A thing as a driver's list has it. `phase` is the driver's own word: another one says that it is to be looked at. */
export interface Listed {
  readonly id: string;
  readonly phase: string;
}

/** Called with the id of a thing that may have changed, or with nothing: anything may have, look at everything. */
export type OnChange = (id?: string) => void;

/**
 * What core needs of every driver, whatever it drives. It sees only things of its own host. Failures are `DriverError`.
 */
export interface Driver {
  readonly name: string;
  /** Answers within 2 s, never throws. */
  probe(): Promise<DriverHealth>;
  list(): Promise<Listed[]>;
  /** Hints until the function it returns is called. Survives the engine's restarts, and says `onChange()` after each. */
  watch(onChange: OnChange): () => void;
}
