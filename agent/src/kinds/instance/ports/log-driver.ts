export interface LogOptions {
  /** Only the last so many lines. */
  readonly tail?: number;
  /** Only what was written later than this, in nanoseconds since 1970. */
  readonly afterNs?: bigint;
  /** Goes on with what is written next, until the program ends or the instance is removed. */
  readonly follow: boolean;
}

/** One line with its line feed; a line longer than 16 KiB comes in several. */
export interface LogEntry {
  readonly stream: 'stdout' | 'stderr';
  /** When it was written, in nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly text: Buffer;
}

/** An optional ability of an instance driver, found by `'logs' in driver`: it keeps what instances write. */
export interface LogDriver {
  /**
   * What the instance wrote over all its runs, oldest first, in batches as they come; nothing when it does not exist.
   * Reads only as fast as it is asked, and frees what it holds of the engine when the reader leaves or the signal fires,
   * in which case it ends.
   * @throws DriverError DRIVER_UNAVAILABLE
   */
  logs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<readonly LogEntry[]>;
}
