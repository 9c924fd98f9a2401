/** One engine The Cloud stands on: a private process with its own data, reached over loopback or a socket. */
export interface Engine {
  readonly name: string;
  /** Where clients connect; for Docker known once `start` or `ready` has answered. */
  readonly endpoint: string;
  /**
   * Makes the engine answer. Idempotent: a running one is adopted, a dead one is started again from its data.
   * @throws EngineError with the last log lines and what to do.
   */
  start(): Promise<void>;
  /** Whether the engine answers its own protocol now; never throws, bounded to a few seconds. */
  ready(): Promise<boolean>;
  /** Takes over renewed certificate files, without a restart wherever the engine can. */
  reload(): Promise<void>;
  /** Stops the process this package started (never an adopted foreign one); its data stays. */
  stop(): Promise<void>;
  /** Stops it and removes its data, log, and everything it left on the machine. */
  destroy(): Promise<void>;
  /** Process id while our process is alive; undefined when dead, or when the engine is not ours. */
  pid(): number | undefined;
}

/** PEM files: the engine's certificate, its key, and the authority that signed its clients. */
export interface TlsFiles {
  cert: string;
  key: string;
  ca: string;
}

export type EngineErrorCode =
  'PORT_TAKEN' | 'PROGRAM_MISSING' | 'NOT_PERMITTED' | 'EXITED' | 'NOT_READY' | 'CONFLICT';

/** A failure written for the person who must act on it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly engine: string,
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${engine}: ${message}`, options);
  }
}
