export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface ExecSpec {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly tty: boolean;
  /** Of its terminal, before it starts. */
  readonly size?: TerminalSize | undefined;
  /** Empty: the image's own. */
  readonly workingDir: string;
  readonly user: string;
}

export interface ExecOutput {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

export type ExecSignal = 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM';

/** A program that runs in an instance besides its own. */
export interface ExecProcess {
  /** What it writes, until it has ended. A slow reader makes it wait. With a terminal all of it is stdout. */
  readonly output: AsyncIterable<ExecOutput>;
  /** Resolves when there is room for more. */
  write(data: Uint8Array): Promise<void>;
  closeInput(): void;
  /** Nothing happens without a terminal, or after its end. */
  resize(size: TerminalSize): Promise<void>;
  /** To it and all it has started, unless they left its session. */
  signal(name: ExecSignal): Promise<void>;
  /** Once `output` has ended. 128 and the signal's number when a signal ended it. */
  exitCode(): Promise<number>;
  /** Hangs up; kills what does not end by that; frees all that is held of the engine. Twice is once. */
  close(): Promise<void>;
}

/** An optional ability of an instance driver, found by `'exec' in driver`. */
export interface ExecDriver {
  /**
   * A program that is not there may be found out only when it is to start: then `output` throws that.
   * @throws DriverError NOT_RUNNING, DRIVER_UNAVAILABLE, EXEC_FAILED, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE
   */
  exec(id: string, spec: ExecSpec): Promise<ExecProcess>;
  /** Ends what earlier agents of this host ran by `exec` and could not end. Resolves with how many. */
  sweep(): Promise<number>;
}
