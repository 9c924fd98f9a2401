import {
  CloudFailedError,
  CloudTimeoutError,
  type Instance,
  type Operation,
  type WaitOptions as SdkWaitOptions,
} from '@thecloud/sdk';
import { Option, type Command } from 'commander';
import type { Cli } from './cli';
import { CliError, exitCodes, interrupted } from './exit-codes';
import { integer } from './parse';
import { startProgress } from './progress';

export const defaultWaitSeconds = 300;

export interface WaitOptions {
  wait: boolean;
  timeout: number;
}

/** Options of verbs that a controller carries out. */
export function addWaitOptions(verb: Command): Command {
  return verb
    .option('--no-wait', 'return as soon as the request is accepted')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait')
        .argParser(integer(1, 86_400))
        .default(defaultWaitSeconds),
    );
}

interface Waiting {
  title: string;
  timeoutSeconds: number;
}

/** Waits until the operation has succeeded; throws when it failed, when time is up or the user goes. */
export async function waitForOperation(cli: Cli, id: string, options: Waiting): Promise<Operation> {
  const { operations } = await cli.cloud();
  const goesOn = `It goes on without you. Follow it with: cloud operation wait ${id}`;
  return withProgress(cli, options, goesOn, stepText, (wait) => operations.wait(id, wait));
}

/** Waits until the instance is in the state; undefined: it is gone, and that was it. */
export async function waitForInstance(cli: Cli, id: string, state: string, options: Waiting, advice: string) {
  const { instances } = await cli.cloud();
  const text = ({ status }: Instance) => [status?.state, status?.message].filter(Boolean).join(': ');
  return withProgress(cli, options, advice, text, (wait) => instances.waitUntil(id, state, wait));
}

async function withProgress<T, R>(
  cli: Cli,
  { title, timeoutSeconds }: Waiting,
  advice: string,
  text: (seen: T) => string,
  wait: (options: SdkWaitOptions<T>) => Promise<R>,
): Promise<R> {
  const progress = await startProgress(cli.io, title, cli.style.quiet);
  const onUpdate = (seen: T) => progress.update(text(seen));
  try {
    const result = await wait({ timeoutMs: timeoutSeconds * 1000, onUpdate });
    progress.end('done');
    return result;
  } catch (error) {
    progress.end(error instanceof CloudFailedError ? 'failed' : 'left');
    if (error instanceof CloudFailedError) throw failure(error, advice);
    if (error instanceof CloudTimeoutError) {
      const message = `${title}: not done after ${timeoutSeconds} s.`;
      throw new CliError(exitCodes.unavailable, message, advice);
    }
    if (cli.io.signal.aborted) throw new CliError(exitCodes.interrupted, interrupted().message, advice);
    throw error;
  }
}

/** What an operation is at: its newest step that has not ended, else its newest. */
export function stepText(operation: Operation): string {
  const steps = operation.steps ?? [];
  const step = steps.findLast((each) => each.state === 'running') ?? steps.at(-1);
  if (!step) return operation.state ?? 'pending';
  if (operation.state === 'succeeded') return step.name; // what an attempt met on the way is over
  return step.message ? `${step.name}: ${step.message}` : `${step.name}`;
}

function failure(error: CloudFailedError, advice: string): CliError {
  const operation = error.subject as Partial<Operation>;
  if (!operation.kind) return new CliError(exitCodes.operationFailed, error.message, advice);
  const see = `See every step with: cloud operation show ${operation.id}`;
  const next = [operation.error?.advice, see].filter(Boolean).join('\n');
  return new CliError(exitCodes.operationFailed, error.message, next);
}
