import { InFlight } from './in-flight';

/** What is being stored of one stream of reports: bounded, and how far it has got without a gap. */
export class ReportProgress {
  readonly #inFlight: InFlight;
  #stored: bigint;
  #last: Promise<void> = Promise.resolve();

  /** stored: what had been before. most: records that are being stored at a time. */
  constructor(stored: bigint, most: number) {
    this.#stored = stored;
    this.#inFlight = new InFlight(most);
  }

  /** All that came up to this sequence is stored. */
  get stored(): bigint {
    return this.#stored;
  }

  /** Returns when there is room for the next. Throws what failed of those before: the stream is given up. */
  async add(sequence: bigint, work: Promise<void>): Promise<void> {
    const before = this.#last;
    const done = Promise.all([before, work]).then(() => {
      if (sequence > this.#stored) this.#stored = sequence;
    });
    done.catch(() => undefined); // in flight, it is heard of there
    this.#last = done;
    await this.#inFlight.add(done);
  }

  /** Returns when all is stored. Throws what failed. */
  settled(): Promise<void> {
    return this.#inFlight.settled();
  }
}
