/**
 * Slots of which one owner may take only a share, so that no owner keeps the others waiting. An owner is the person who
 * asks, whatever project or API key they use.
 */
export class FairSlots {
  readonly #running = new Map<string, number>();
  /** Ids that found no slot, by owner, in the order in which they came. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #mostOfOne: number;

  /** `share`: the part of the slots that one owner may take, one slot at least. */
  constructor(
    private readonly most: number,
    share = 0.5,
  ) {
    this.#mostOfOne = Math.max(1, Math.floor(most * share));
  }

  /** True: it has a slot, to be left. False: it waits, until `leave` of another names it. */
  enter(owner: string, id: string): boolean {
    const entered = this.tryEnter(owner);
    if (entered) this.forget(owner, id);
    else this.#waiting.set(owner, (this.#waiting.get(owner) ?? new Set()).add(id));
    return entered;
  }

  /** The same without waiting. */
  tryEnter(owner: string): boolean {
    if (this.#isFull() || !this.#hasRoom(owner)) return false;
    this.#running.set(owner, this.#of(owner) + 1);
    return true;
  }

  /** Answers with whose turn it is: the first of the owner that has the fewest under way. */
  leave(owner: string): string | undefined {
    const left = this.#of(owner) - 1;
    if (left > 0) this.#running.set(owner, left);
    else this.#running.delete(owner);
    const [next] = [...this.#waiting.keys()]
      .filter((waiting) => this.#hasRoom(waiting))
      .sort((a, b) => this.#of(a) - this.#of(b));
    if (next === undefined) return undefined;
    const [first] = this.#waiting.get(next) ?? [];
    this.forget(next, first ?? '');
    return first;
  }

  /** It waits no longer. */
  forget(owner: string, id: string): void {
    const waiting = this.#waiting.get(owner);
    waiting?.delete(id);
    if (waiting?.size === 0) this.#waiting.delete(owner);
  }

  #of(owner: string): number {
    return this.#running.get(owner) ?? 0;
  }

  #hasRoom(owner: string): boolean {
    return this.#of(owner) < this.#mostOfOne;
  }

  #isFull(): boolean {
    return [...this.#running.values()].reduce((sum, n) => sum + n, 0) >= this.most;
  }
}
