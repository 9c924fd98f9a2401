/** Imports under way: so many in all, and of one project half of them, so that no project keeps the others waiting. */
export class ImportSlots {
  readonly #running = new Map<string, number>();
  /** Ids that found no slot, by project, in the order in which they came. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #mostOfOne: number;

  constructor(private readonly most: number) {
    this.#mostOfOne = Math.max(1, Math.floor(most / 2));
  }

  /** True: it has a slot, to be left. False: it waits, until `leave` of another names it. */
  enter(projectId: string, id: string): boolean {
    const waiting = this.#waiting.get(projectId) ?? new Set();
    if (this.#isFull() || !this.#hasRoom(projectId)) {
      this.#waiting.set(projectId, waiting.add(id));
      return false;
    }
    waiting.delete(id);
    if (waiting.size === 0) this.#waiting.delete(projectId);
    this.#running.set(projectId, this.#of(projectId) + 1);
    return true;
  }

  /** Answers with whose turn it is: the first of the project that has the fewest under way. */
  leave(projectId: string): string | undefined {
    const left = this.#of(projectId) - 1;
    if (left > 0) this.#running.set(projectId, left);
    else this.#running.delete(projectId);
    const [next] = [...this.#waiting.keys()]
      .filter((waiting) => this.#hasRoom(waiting))
      .sort((a, b) => this.#of(a) - this.#of(b));
    if (next === undefined) return undefined;
    const [first] = this.#waiting.get(next) ?? [];
    this.forget(next, first ?? '');
    return first;
  }

  /** It waits no longer. */
  forget(projectId: string, id: string): void {
    const waiting = this.#waiting.get(projectId);
    waiting?.delete(id);
    if (waiting?.size === 0) this.#waiting.delete(projectId);
  }

  #of(projectId: string): number {
    return this.#running.get(projectId) ?? 0;
  }

  #hasRoom(projectId: string): boolean {
    return this.#of(projectId) < this.#mostOfOne;
  }

  #isFull(): boolean {
    return [...this.#running.values()].reduce((sum, n) => sum + n, 0) >= this.most;
  }
}
