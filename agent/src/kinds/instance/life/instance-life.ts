import { setTimeout as pause } from 'node:timers/promises';
import type { agentV1 } from '@thecloud/api';
import type { Logger } from '@thecloud/service-kit';
import type { Observations } from '../../../core/observations';
import { errors } from '../../../errors';
import { DriverError } from '../../../core/driver-error';
import type { ExecDriver, ExecSpec } from '../ports/exec-driver';
import type { InstanceDriver } from '../ports/instance-driver';
import type { InstanceEngine } from '../ports/instance-drivers';
import type { LogDriver, LogOptions } from '../ports/log-driver';
import type { StatsDriver, Usage } from '../ports/stats-driver';
import type { Caller } from './caller';
import { execSession } from './exec-session';
import { InstanceFiles } from './instance-files';
import { followLogs } from './follow-logs';
import { LogChunker } from './log-chunks';
import type { LogChunk } from './log-chunks';
import { statsBetween } from './stats-between';
import { StreamLimits } from './stream-limits';

export interface LifeDeps {
  /** The driver that has it. */
  driverOf(id: string): InstanceEngine['instances'];
  readonly observations: Observations;
  /** Is the instance (still) one of this host? */
  here(id: string): boolean;
  /** A program that neither side has sent anything for so long is ended, in ms. */
  readonly execIdleMs: number;
  readonly log: Logger;
}

const FIRST_MS = 1_000;

/** Looks into the instances of this host, and acts in them. Bounded in streams; all that it opens ends with its caller. */
export class InstanceLife {
  readonly limits = new StreamLimits();
  readonly files: InstanceFiles;

  constructor(private readonly d: LifeDeps) {
    this.files = new InstanceFiles({ driverOf: d.driverOf, here: d.here, limits: this.limits, log: d.log });
  }

  /** Logs of a stopped instance are there, too. */
  logs(id: string, options: LogOptions & { timestamps: boolean }, caller: Caller): AsyncGenerator<LogChunk> {
    const { driverOf, observations, here } = this.d;
    return this.#open(id, async function* () {
      const driver = driverOf(id);
      if (!can(driver, 'logs')) throw unable('logs', driver);
      const chunker = new LogChunker(options.timestamps);
      caller.accept();
      for await (const batch of followLogs({ driver, observations, here }, id, options, caller.signal))
        yield* chunker.chunks(batch);
    });
  }

  exec(
    id: string,
    spec: ExecSpec,
    input: AsyncIterable<agentV1.ExecRequest>,
    caller: Caller,
  ): AsyncGenerator<agentV1.ExecResponse> {
    const { driverOf, execIdleMs: idleMs } = this.d;
    return this.#open(id, async function* () {
      const driver = driverOf(id);
      if (!can(driver, 'exec')) throw unable('exec', driver);
      const process = await driver.exec(id, spec);
      caller.accept();
      yield* execSession(process, input, { tty: spec.tty, idleMs, signal: caller.signal });
    });
  }

  /** One answer an interval, the first within a second, until it no longer runs. */
  stats(id: string, intervalMs: number, caller: Caller): AsyncGenerator<agentV1.WatchStatsResponse> {
    const { driverOf } = this.d;
    return this.#open(id, async function* () {
      const driver = driverOf(id);
      if (!can(driver, 'stats')) throw unable('stats', driver);
      let before = await driver.stats(id, caller.signal);
      caller.accept();
      const measured = async (waitMs: number): Promise<Usage> => {
        await pause(waitMs, undefined, { signal: caller.signal });
        return driver.stats(id, caller.signal);
      };
      let now: Usage | undefined = await measured(Math.min(intervalMs, FIRST_MS));
      while (now) {
        yield statsBetween(before, now);
        before = now;
        now = await measured(intervalMs).catch(untilItStops);
      }
    });
  }

  /** Checks the instance, takes one of its places for as long as the stream lasts, and words what goes wrong. */
  async *#open<T>(id: string, stream: () => AsyncGenerator<T>): AsyncGenerator<T> {
    if (!this.d.here(id)) throw errors.INSTANCE_NOT_HERE({ id });
    const release = this.limits.take(id);
    try {
      yield* stream();
    } catch (error) {
      if (error instanceof DriverError && error.reason === 'EXEC_FAILED' && error.cause)
        this.d.log.warn({ instance: id, err: error.cause }, 'the engine refused to run a program');
      throw worded(error, id);
    } finally {
      release();
    }
  }
}

type Abilities = { logs: LogDriver; exec: ExecDriver; stats: StatsDriver };

function can<D extends object, A extends keyof Abilities>(driver: D, ability: A): driver is D & Abilities[A] {
  return ability in driver;
}

const unable = (what: string, driver: InstanceDriver) =>
  errors.NOT_ON_THIS_DRIVER({ what, driver: driver.name });

function untilItStops(error: unknown): undefined {
  if (!(error instanceof DriverError) || error.reason !== 'NOT_RUNNING') throw error;
}

function worded(error: unknown, id: string): unknown {
  if (!(error instanceof DriverError)) return error;
  if (error.reason === 'NOT_RUNNING') return errors.INSTANCE_NOT_RUNNING({ id }, error);
  if (error.reason === 'DRIVER_UNAVAILABLE') return errors.ENGINE_UNAVAILABLE({}, error);
  if (error.reason === 'COMMAND_NOT_FOUND') return errors.COMMAND_NOT_FOUND({ why: error.message }, error);
  if (error.reason === 'COMMAND_NOT_EXECUTABLE')
    return errors.COMMAND_NOT_EXECUTABLE({ why: error.message }, error);
  return errors.EXEC_FAILED({ why: error.message }, error);
}
