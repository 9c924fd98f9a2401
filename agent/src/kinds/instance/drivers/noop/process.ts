import type { ExecOutput, ExecProcess, ExecSignal, ExecSpec, TerminalSize } from '../../ports/exec-driver';
import { Bell } from './bell';

const SIGNALS: Readonly<Record<ExecSignal, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
};
/** Pieces of input that wait for the program before the writer waits. */
const MOST_INPUT = 16;

type Program = (p: NoopProcess) => AsyncGenerator<ExecOutput, number>;

/** A simulated program: it reads, writes, has a terminal's size, and ends by itself or by a signal. */
export class NoopProcess implements ExecProcess {
  readonly output: AsyncIterable<ExecOutput>;
  readonly #bell = new Bell();
  #input: Buffer[] = [];
  #closed = false;
  #code: number | undefined;
  size: TerminalSize = { rows: 24, columns: 80 };

  constructor(
    readonly spec: ExecSpec,
    private readonly ended: (process: NoopProcess) => void,
  ) {
    this.size = spec.size ?? this.size;
    this.output = this.#run(programs[spec.command[0] ?? ''] ?? nothing);
  }

  async write(data: Uint8Array): Promise<void> {
    this.#input.push(Buffer.from(data));
    this.#bell.ring();
    while (this.#input.length >= MOST_INPUT && this.#code === undefined) await this.#bell.heard();
  }

  closeInput(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  async resize(size: TerminalSize): Promise<void> {
    if (!this.spec.tty) return;
    this.size = size;
    this.#bell.ring();
  }

  async signal(name: ExecSignal): Promise<void> {
    this.end(128 + SIGNALS[name]);
  }

  async exitCode(): Promise<number> {
    return this.#code ?? 0;
  }

  async close(): Promise<void> {
    this.end(128 + SIGNALS.HUP);
  }

  /** Whatever happens first ends it. */
  end(code: number): void {
    if (this.#code !== undefined) return;
    this.#code = code;
    this.#bell.ring();
    this.ended(this);
  }

  get over(): boolean {
    return this.#code !== undefined;
  }

  /** The next piece of input; undefined at its end, and when the terminal's size is another than `size`. */
  async read(size = this.size): Promise<Buffer | undefined> {
    while (this.#input.length === 0 && !this.#closed && !this.over && this.size === size)
      await this.#bell.heard();
    const piece = this.#input.shift();
    this.#bell.ring();
    return piece;
  }

  async *#run(program: Program): AsyncGenerator<ExecOutput> {
    const running = program(this);
    for (;;) {
      const next = await running.next();
      if (this.over) return;
      if (next.done) return this.end(next.value);
      yield next.value;
    }
  }
}

const out = (text: string): ExecOutput => ({ stream: 'stdout', data: Buffer.from(text) });

/** echo, printenv, exit, cat and yes as one knows them; `size` tells the terminal's size, and again when it changes. */
const programs: Record<string, Program> = {
  async *echo({ spec }) {
    yield out(`${spec.command.slice(1).join(' ')}\n`);
    return 0;
  },
  async *printenv({ spec }) {
    const value = spec.env[spec.command[1] ?? ''];
    if (value !== undefined) yield out(`${value}\n`);
    return value === undefined ? 1 : 0;
  },
  async *exit({ spec }) {
    yield { stream: 'stderr', data: Buffer.from('bye\n') };
    return Number(spec.command[1] ?? 0);
  },
  async *cat(p) {
    for (let piece = await p.read(); piece; piece = await p.read()) yield { stream: 'stdout', data: piece };
    return 0;
  },
  async *size(p) {
    for (;;) {
      const shown = p.size;
      yield out(`${shown.rows} ${shown.columns}\n`);
      await p.read(shown);
      if (p.over) return 0;
    }
  },
  async *yes() {
    for (;;) yield out('y\n'.repeat(4_096));
  },
};

async function* nothing(): AsyncGenerator<ExecOutput, number> {
  return 0;
}

export const hasProgram = (name: string): boolean => Object.hasOwn(programs, name);
