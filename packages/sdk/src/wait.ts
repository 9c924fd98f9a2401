import { CloudApiError, CloudFailedError, CloudTimeoutError } from './errors';
import { Exec } from './exec';
import { Instances as GeneratedInstances, Operations as GeneratedOperations } from './gen/resources';
import type { ExecStart, Instance, Operation } from './gen/types';
import type { CallOptions } from './options';
import { sleep } from './sleep';

export interface WaitOptions<T> extends Omit<CallOptions, 'timeoutMs' | 'idempotencyKey'> {
  /** How long to wait at most, in milliseconds; 300,000 without it. */
  timeoutMs?: number;
  /** Told what was seen, each time it was looked at. */
  onUpdate?: (seen: T) => void;
  /** How long the server may hold an answer back, in seconds; less shows steps sooner. 2 without it, 60 at most. */
  pollSeconds?: number;
}

const defaultWaitMs = 300_000;
const defaultPollSeconds = 2;
/** Between looks at something that no operation is changing, in milliseconds. */
const lookAgainMs = 500;

/** Whole seconds of the next long poll; throws CloudTimeoutError when time is up. */
function nextPoll(what: string, deadline: number, pollSeconds = defaultPollSeconds): number {
  const leftMs = deadline - Date.now();
  if (leftMs <= 0) throw new CloudTimeoutError(`${what}: not done in time.`);
  return Math.max(1, Math.min(pollSeconds, Math.ceil(leftMs / 1000)));
}

/** undefined: there is no such operation, or this caller may not see it. */
async function unlessUnseen<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudApiError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

const over = (operation: Operation) => /^(succeeded|failed|superseded)$/.test(operation.state);

export class Operations extends GeneratedOperations {
  /**
   * The operation once it has succeeded. Throws CloudFailedError when it failed (its `subject` is the operation, whose
   * `error` has reason, message and advice) or gave way to a later one, CloudTimeoutError when time is up.
   */
  async wait(id: string, options: WaitOptions<Operation> = {}): Promise<Operation> {
    const { timeoutMs = defaultWaitMs, onUpdate, pollSeconds, ...call } = options;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const timeout_seconds = nextPoll(id, deadline, pollSeconds);
      const operation = await this.poll(id, { timeout_seconds }, call);
      if (operation.state === 'succeeded') return operation;
      if (over(operation)) throw new CloudFailedError(failureText(operation), operation);
      onUpdate?.(operation);
    }
  }
}

function failureText({ kind, state, error }: Operation): string {
  if (state === 'superseded') return `${kind} gave way to a later operation.`;
  const why = [error?.reason, error?.message].filter(Boolean).join(': ');
  return `${kind} failed: ${why || 'no reason was given'}`;
}

export class Instances extends GeneratedInstances {
  /** Runs another program in a running instance: `for await (const { data } of cloud.instances.exec(id, { command }))`. */
  exec(id: string, start: ExecStart, options?: CallOptions): Exec {
    return new Exec(this.openExec(id, options), start);
  }

  /**
   * The instance once it is in that state; undefined once it is gone, if that is what was waited for. Throws
   * CloudFailedError (its `subject` is the instance) when it fails or goes instead, CloudTimeoutError when time is up.
   */
  async waitUntil(id: string, state: 'deleted', options?: WaitOptions<Instance>): Promise<undefined>;
  async waitUntil(id: string, state: string, options?: WaitOptions<Instance>): Promise<Instance>;
  async waitUntil(
    id: string,
    state: string,
    options: WaitOptions<Instance> = {},
  ): Promise<Instance | undefined> {
    const { timeoutMs = defaultWaitMs, onUpdate, pollSeconds, ...call } = options;
    const deadline = Date.now() + timeoutMs;
    const operations = new Operations(this.transport);
    let ended: string | undefined;
    for (;;) {
      const instance = await this.look(id, state, call);
      if (!instance) return undefined;
      const { state: now, reason, message } = instance.status ?? { state: '' };
      if (now === state) return instance;
      if (now === 'failed' || now === 'deleted') {
        const why = [reason, message].filter(Boolean).join(': ');
        throw new CloudFailedError(
          `${instance.metadata?.name || id} is ${now}${why ? `: ${why}` : ''}`,
          instance,
        );
      }
      onUpdate?.(instance);
      const operation = instance.metadata?.operation_id;
      const timeout_seconds = nextPoll(id, deadline, pollSeconds);
      if (operation && operation !== ended) {
        const seen = await unlessUnseen(operations.poll(operation, { timeout_seconds }, call));
        if (!seen || over(seen)) ended = operation;
      } else {
        await sleep(lookAgainMs, this.transport.signalOf(call));
      }
    }
  }

  /** undefined: it is gone, and that is what was waited for. */
  private async look(id: string, state: string, call: CallOptions): Promise<Instance | undefined> {
    try {
      return await this.get(id, {}, call);
    } catch (error) {
      if (state === 'deleted' && error instanceof CloudApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}
