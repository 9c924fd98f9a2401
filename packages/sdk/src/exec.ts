import { fromBase64, toBase64 } from './bytes';
import type { ExecInstanceRequest, ExecInstanceResponse, ExecStart } from './gen/types';
import type { Duplex } from './stream';

/** The most bytes of input that one message takes. */
const mostInput = 64 * 1024;

export interface ExecOutput {
  /** With a terminal everything is stdout. */
  stream: 'stdout' | 'stderr';
  data: Uint8Array<ArrayBuffer>;
}

export type ExecSignal = NonNullable<ExecInstanceRequest['signal']>;

/** A program that runs in an instance. Iterate for what it writes; when that ends, `exitCode` is set. */
export class Exec implements AsyncIterable<ExecOutput> {
  /** 128 and the signal's number when a signal ended it; undefined while it runs, or if it was lost. */
  exitCode?: number;
  /** Resolves when it has been let in; rejects with the refusal. */
  readonly opened: Promise<void>;

  constructor(
    private readonly stream: Duplex<ExecInstanceRequest, ExecInstanceResponse>,
    start: ExecStart,
  ) {
    this.opened = stream.send({ start });
    this.opened.catch(() => {}); // whoever reads or writes is told
  }

  /** To its standard input. Resolves when there is room for more. */
  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    await this.opened;
    for (let at = 0; at < bytes.length; at += mostInput) {
      await this.stream.send({ stdin: toBase64(bytes.subarray(at, at + mostInput)) });
    }
  }

  /** Its standard input is at its end. A terminal's has none: write the character (Ctrl-D, `\\x04`) instead. */
  closeInput(): Promise<void> {
    return this.send({ stdin_closed: true });
  }

  /** Of its terminal. */
  resize(rows: number, columns: number): Promise<void> {
    return this.send({ resize: { rows, columns } });
  }

  /** To it and all it has started. */
  signal(signal: ExecSignal): Promise<void> {
    return this.send({ signal });
  }

  /** Leaves it; it is killed. */
  close(): void {
    this.stream.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ExecOutput, void, undefined> {
    for await (const { stdout, stderr, exit_code } of this.stream) {
      if (stdout) yield { stream: 'stdout', data: fromBase64(stdout) };
      else if (stderr) yield { stream: 'stderr', data: fromBase64(stderr) };
      else if (exit_code !== undefined) this.exitCode = exit_code;
    }
  }

  private async send(message: ExecInstanceRequest): Promise<void> {
    await this.opened; // nothing goes before the start
    await this.stream.send(message);
  }
}
