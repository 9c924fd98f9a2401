/** What a running instance uses: sums from its start, and levels now. */
export interface Usage {
  /** When it was measured, in ms since 1970. */
  readonly timeMs: number;
  readonly cpuNs: bigint;
  /** Without the page cache that could be dropped at once. */
  readonly memoryBytes: bigint;
  readonly memoryLimitBytes: bigint;
  readonly rxBytes: bigint;
  readonly rxPackets: bigint;
  readonly txBytes: bigint;
  readonly txPackets: bigint;
  readonly pids: bigint;
  readonly pidsLimit: bigint;
}

/** An optional ability of an instance driver, found by `'stats' in driver`. */
export interface StatsDriver {
  /** Measured now. @throws DriverError NOT_RUNNING, DRIVER_UNAVAILABLE */
  stats(id: string, signal: AbortSignal): Promise<Usage>;
}
