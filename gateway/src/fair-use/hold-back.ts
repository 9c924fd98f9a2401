/**
 * Holds refusals back for a moment: `ms`, half as much more or less. Whoever sends the next request when the last is
 * refused is slowed down by that, and a flood costs little; whoever sends many at once soon has as many held as are
 * allowed, and is answered at once.
 */
export class HoldBack {
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(
    private readonly limits: { readonly ms: number; readonly perKey: number; readonly total: number },
  ) {}

  async wait(key: string): Promise<void> {
    const held = this.#held.get(key) ?? 0;
    if (held >= this.limits.perKey || this.#total >= this.limits.total) return;
    this.#held.set(key, held + 1);
    this.#total++;
    const ms = this.limits.ms * (0.5 + Math.random()); // those refused together do not come again together
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#total--;
    const left = this.#held.get(key)! - 1;
    if (left === 0) this.#held.delete(key);
    else this.#held.set(key, left);
  }
}
