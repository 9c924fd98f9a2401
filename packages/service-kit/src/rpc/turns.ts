/** Collects items and hands out, once a turn of the event loop, all that came in it. One reader. */
export class Turns<T> implements AsyncIterable<T[]> {
  #items: T[] = [];
  #wake: (() => void) | undefined;
  #ended: (() => boolean) | undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** No more will come once `isLast` says so; asked now and after each item. */
  end(isLast: () => boolean): void {
    this.#ended = isLast;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T[]> {
    for (;;) {
      if (this.#items.length === 0) {
        if (this.#ended?.()) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
        await new Promise(setImmediate);
      }
      const items = this.#items;
      this.#items = [];
      if (items.length > 0) yield items;
    }
  }
}
