/** Somebody rings, whoever waits goes on; a ring that nobody waits for is not kept, so look before waiting. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }

  /** Until the next ring, or until the signal fires. */
  heard(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal?.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
      if (signal?.aborted) done();
      else signal?.addEventListener('abort', done, { once: true });
    });
  }

  get listeners(): number {
    return this.#waiting.size;
  }
}
