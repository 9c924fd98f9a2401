import { setImmediate } from 'node:timers/promises';

/** Computing takes at most about this long before other work of the event loop has its turn. */
const SLICE_MS = 10;

/** Divides a long computation into slices, so that it does not keep other requests waiting. */
export class TimeSlices {
  #until = performance.now() + SLICE_MS;

  /** To be asked after each small piece; when it is true, await `next`. */
  isOver(): boolean {
    return performance.now() > this.#until;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.#until = performance.now() + SLICE_MS;
  }
}
