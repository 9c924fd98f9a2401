/** A driver could not do it. `message` is for the thing's owner: what happened, and what to do if they can. */
export class DriverError<Reason extends string = string> extends Error {
  override readonly name = 'DriverError';
  constructor(
    readonly reason: Reason,
    message: string,
    /** Likely to pass by itself: worth a few quiet attempts before anybody is told. */
    readonly transient: boolean,
    private readonly options: { cause?: unknown; facts?: object } = {},
  ) {
    super(message, options);
  }

  /** What the kind reports with it. */
  get facts(): object | undefined {
    return this.options.facts;
  }
}

/** Of a driver whose engine does not answer: nothing is known of what it has. */
export const DRIVER_UNAVAILABLE = 'DRIVER_UNAVAILABLE';
