import type { Description, Observation, Problem } from '../../core/observations';
import { ABSENT } from '../../core/order';
import type { SeenInstance } from './ports/instance-driver';
import { runTime } from './restarts';
import { restartCountOf } from './spec';
import type { InstanceRecord } from './spec';

export type Phase = 'absent' | 'pulling' | 'creating' | 'running' | 'exited' | 'failed';

/** What is reported of an instance besides its phase. */
export interface InstanceFacts {
  readonly exitCode: number;
  readonly startedAt?: Date | undefined;
  readonly restartCount: number;
  /** The host port that is taken, where the engine says. */
  readonly problemPort?: number | undefined;
}

/** A run shorter than this that ends is the program's failure to start, in ms. */
export const SHORT_RUN_MS = 10_000;
/** Bytes of a program's last output shown in a problem. */
export const TAIL_BYTES = 2_048;

/** Of an instance that nothing is being done to right now. */
export function describe(
  record: InstanceRecord | undefined,
  seen: Pick<SeenInstance, 'phase' | 'exitCode' | 'startedAt'> | undefined,
  problem?: Problem,
  told?: Observation,
): Omit<Description, 'progress'> {
  const isRemoved = problem === removedProblem;
  const before = told?.facts as InstanceFacts | undefined;
  const facts: InstanceFacts = {
    exitCode: isRemoved ? (before?.exitCode ?? 0) : (seen?.exitCode ?? 0),
    startedAt: seen?.startedAt,
    restartCount: restartCountOf(record),
  };
  return {
    phase: isRemoved ? 'exited' : phaseOf(seen),
    problemReason: problem?.reason ?? '',
    problemMessage: problem?.message ?? '',
    facts,
  };
}

function phaseOf(seen: Pick<SeenInstance, 'phase'> | undefined): Phase {
  if (!seen) return ABSENT;
  switch (seen.phase) {
    case 'created':
      return 'creating';
    case 'running':
      return 'running';
    case 'paused': // somebody froze it; it is being thawed
    case 'exited':
    case 'broken':
      return 'exited';
  }
}

/** What its owner should know about how it ended; undefined when it ended as programs do. */
export function exitProblem(
  seen: SeenInstance,
  memoryMib: number,
  mayLoop: boolean,
  tail: string,
): Problem | undefined {
  if (seen.outOfMemory) {
    // A program that passes on the code of its killed child looks the same: say no more than is known.
    const message =
      `It ended with code ${seen.exitCode ?? 137} (killed) after the kernel had killed a process in it: ` +
      `together they used more than its ${memoryMib} MiB of memory. Choose a larger type.`;
    return { reason: 'OUT_OF_MEMORY', message };
  }
  const ran = runTime(seen);
  if (ran === undefined || ran >= SHORT_RUN_MS) return undefined;
  if (seen.exitCode === 0 && !mayLoop) return undefined;
  const after = (ran / 1000).toFixed(1);
  const again = mayLoop ? ' It is started again, with growing pauses.' : '';
  // Only after a line break: whoever may not read its logs is shown the first line.
  const said = tail ? `\nIts last lines:\n${tail}` : ' It wrote nothing.';
  return {
    reason: 'START_FAILED',
    message: `The program ended with code ${seen.exitCode ?? 0} after ${after} s.${again}${said}`,
  };
}

export const removedProblem: Problem = {
  reason: 'REMOVED',
  message: 'Somebody removed it from its host. Start it to have it made anew; what it had written is gone.',
};
