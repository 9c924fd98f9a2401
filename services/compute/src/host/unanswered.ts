import { commonErrors } from '@thecloud/kernel';

/** A call that waits longer than this, in ms, says that its host hangs. */
const LONG_MS = 1_000;
/** Calls to a host that hangs, at a time: enough to notice when it no longer does. */
const MOST = 4;

/** Calls to one host that it has not answered. One that hangs must not keep everybody waiting who has to do with others. */
export class Unanswered {
  /** When they were made; oldest first. */
  readonly #since = new Map<number, number>();
  #made = 0;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** @throws CloudError UNAVAILABLE without calling, while the host hangs */
  async wait<T>(call: () => Promise<T>): Promise<T> {
    const [oldest = Infinity] = this.#since.values();
    if (this.#since.size >= MOST && this.nowMs() - oldest > LONG_MS)
      throw commonErrors.UNAVAILABLE({ what: 'The host' });
    const id = ++this.#made;
    this.#since.set(id, this.nowMs());
    try {
      return await call();
    } finally {
      this.#since.delete(id);
    }
  }
}
