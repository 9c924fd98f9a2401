/** Counts what is under way by key. A key with nothing under way is not remembered. */
export class Slots {
  readonly #taken = new Map<string, number>();
  constructor(readonly most: number) {}

  get size(): number {
    return this.#taken.size;
  }

  /** What gives the slot back, once; undefined if all are taken. */
  take(key: string): (() => void) | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.most) return undefined;
    this.#taken.set(key, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = this.#taken.get(key)! - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}
