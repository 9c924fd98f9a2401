import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from './api-client';
import type { Cli } from './cli';
import { CliError, exitCodes } from './exit-codes';
import { startProgress } from './progress';

export interface Operation {
  id: string;
  kind?: string;
  resource_id?: string;
  requested_by?: string;
  state?: string;
  steps?: { name?: string; state?: string; message?: string; started_at?: string; ended_at?: string }[];
  error?: { reason?: string; message?: string; advice?: string };
  created_at?: string;
  ended_at?: string;
}

export const defaultWaitSeconds = 300;

/** How long one long poll may take, in seconds: short enough to show each step as it comes. */
const pollSeconds = 2;

/** Waits until the operation has succeeded; throws when it failed, when time is up or the user goes. */
export async function waitForOperation(
  cli: Cli,
  id: string,
  options: { title: string; timeoutSeconds: number },
): Promise<Operation> {
  const goesOn = `It goes on without you. Follow it with: cloud operation wait ${id}`;
  const path = `/v1/operations/${encodeURIComponent(id)}:wait`;
  return withProgress(cli, options, goesOn, async (update, secondsLeft) => {
    const timeout_seconds = Math.max(1, Math.min(pollSeconds, Math.ceil(secondsLeft)));
    const operation = await cli.get<Operation>(path, 'project', { query: { timeout_seconds } });
    if (operation.state === 'succeeded') return operation;
    if (operation.state === 'failed' || operation.state === 'superseded') throw failure(operation);
    update(stepText(operation));
    return undefined;
  });
}

const lookAgainMs = 500;

/** Looks again and again until `look` answers with something. */
export async function waitUntil<T>(
  cli: Cli,
  options: { title: string; timeoutSeconds: number; advice: string },
  look: (update: (text: string) => void) => Promise<T | undefined>,
): Promise<T> {
  return withProgress(cli, options, options.advice, async (update) => {
    const found = await look(update);
    if (found === undefined) {
      await sleep(lookAgainMs, undefined, { signal: cli.io.signal }).catch(() => {
        throw interrupted();
      });
    }
    return found;
  });
}

async function withProgress<T>(
  cli: Cli,
  options: { title: string; timeoutSeconds: number },
  goesOn: string,
  step: (update: (text: string) => void, secondsLeft: number) => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  const progress = await startProgress(cli.io, options.title, cli.style.quiet);
  try {
    for (;;) {
      const result = await step((text) => progress.update(text), (deadline - Date.now()) / 1000);
      if (result !== undefined) {
        progress.end('done');
        return result;
      }
      if (Date.now() >= deadline) {
        const message = `${options.title}: not done after ${options.timeoutSeconds} s.`;
        throw new CliError(exitCodes.unavailable, message, goesOn);
      }
    }
  } catch (error) {
    const failed = error instanceof CliError && error.exitCode === exitCodes.operationFailed;
    progress.end(failed ? 'failed' : 'left');
    if (error instanceof CliError && error.exitCode === exitCodes.interrupted) {
      throw new CliError(exitCodes.interrupted, 'Interrupted.', goesOn);
    }
    throw error;
  }
}

/** What an operation is at: its newest step that has not ended, else its newest. */
export function stepText(operation: Operation): string {
  const steps = operation.steps ?? [];
  const step = steps.findLast((each) => each.state === 'running') ?? steps.at(-1);
  if (!step) return operation.state ?? 'pending';
  return step.message ? `${step.name}: ${step.message}` : `${step.name}`;
}

function failure(operation: Operation): CliError {
  const { kind = 'The operation', error = {} } = operation;
  const see = `See every step with: cloud operation show ${operation.id}`;
  if (operation.state === 'superseded') {
    return new CliError(exitCodes.operationFailed, `${kind} gave way to a later operation.`, see);
  }
  const what = [error.reason, error.message].filter(Boolean).join(': ');
  const advice = [error.advice, see].filter(Boolean).join('\n');
  return new CliError(exitCodes.operationFailed, `${kind} failed: ${what || 'no reason was given'}`, advice);
}
