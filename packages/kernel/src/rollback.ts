/**
 * Undo steps, run newest first unless `commit()` was reached. Use with `await using`.
 * A failing undo is handed to `onFailure` and the rest still run: the reconciler comes by again.
 */
export class Rollback implements AsyncDisposable {
  #undo: Array<() => Promise<void>> = [];

  constructor(private readonly onFailure: (cause: unknown) => void) {}

  add(undo: () => Promise<void>): void {
    this.#undo.push(undo);
  }

  commit(): void {
    this.#undo = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo().catch(this.onFailure);
    this.#undo = [];
  }
}
