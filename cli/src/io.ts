/** What a command line has to do with the world: everything a test replaces, and nothing else. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  stdin: NodeJS.ReadableStream & {
    isTTY?: boolean;
    setRawMode?: (raw: boolean) => unknown;
    /** Of the terminal, for programs that set it. */
    fd?: number;
  };
  /** `columns`, `rows`: of the terminal; it emits "resize" when they change. */
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  /** `columns`: width of the terminal; 0 where it does not know. */
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Aborted when the user interrupts (Ctrl-C). */
  signal: AbortSignal;
}
