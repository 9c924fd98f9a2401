import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

const END_MS = 10_000;

/** A Node process of the same version; what it prints on stderr is shown, stdout is not. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Runs one to its end; rejects with what it printed unless it exits with 0 in that time. */
export async function endsWell(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<void> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${said}`);
}

/** SIGTERM, and SIGKILL if that is not enough; resolves when it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await gone;
  clearTimeout(impatient);
}

/** A module of ours in a process of its own: one message in, one answer out, one at a time. */
export class Helper {
  readonly #child: ChildProcess;

  /** `nodeArgs`: `--cpu-prof` and the like. */
  constructor(module: string, env: NodeJS.ProcessEnv = {}, nodeArgs: string[] = []) {
    this.#child = fork(module, {
      env: { PATH: process.env.PATH, ...env },
      execArgv: nodeArgs,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
  }

  ask<T>(question: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => this.#child.off('message', onAnswer).off('exit', onExit);
      const onAnswer = (answer: { value: T } | { error: string }) => {
        settle();
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.value);
      };
      const onExit = (code: number | null) => {
        settle();
        reject(new Error(`a process of the measurement ended with ${code}`));
      };
      this.#child.on('message', onAnswer).on('exit', onExit);
      this.#child.send(question as object);
    });
  }

  end(): Promise<void> {
    return end(this.#child);
  }
}

/** The other side of `Helper`: answers each message by what `work` makes of it. */
export function answer<Q>(work: (question: Q) => Promise<unknown>): void {
  process.on('message', (question: Q) => {
    work(question).then(
      (value) => process.send?.({ value }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
