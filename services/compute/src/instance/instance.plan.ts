import type { Desired, OnHostLoss, PublishedPort, RestartPolicy, Seen } from './instance';
import type { InstanceState } from './instance.state';

/** All that decides what happens to an instance next. */
export interface Facts {
  readonly desired: Desired;
  readonly generation: number;
  readonly ports: readonly PublishedPort[];
  readonly restartPolicy: RestartPolicy;
  readonly state: InstanceState;
  readonly observedGeneration: number;
  readonly hostId: string | null;
  /** Its host has been given up. */
  readonly hostLost: boolean;
  /** Something on its host stops what its driver runs, in time, when the host is silent. */
  readonly isFenced: boolean;
  readonly onHostLoss: OnHostLoss;
  /** The newest generation that said keep, before it said restart; 0: none. */
  readonly keptGeneration: number;
  readonly seen: Seen | null;
  /** How long the program has been seen to run, in ms. */
  readonly ranForMs: number;
}

/**
 * What to do next. place: find a host. apply: tell the host. move-ports: give it other host ports. displace: take it off
 * its host. purge: all traces are gone.
 */
export type Action = 'place' | 'apply' | 'move-ports' | 'displace' | 'purge' | 'none';

/** What is to be told: the state, and how the operation stands. */
export interface Plan {
  readonly action: Action;
  readonly state: InstanceState;
  readonly reason: string;
  readonly message: string;
  /** The operation's present step; none when it has ended. */
  readonly step?: string;
  readonly outcome?: 'succeeded' | 'failed';
  /** When to look again at the latest, in ms, while a step is under way. */
  readonly lookAgainMs?: number;
}

/** While something is under way its report says how it went; this, in ms, is for a report that was lost. */
export const LOOK_AGAIN_MS = 5_000;

/** A start has succeeded when the program has run for so long, in ms: one that ends at once has not. */
export const STEADY_MS = 1_000;

/** Starts in a row that end at once, after which an operation gives up waiting (the host goes on trying). */
const STARTS_BEFORE_GIVING_UP = 3;
const PASSING = new Set(['DRIVER_UNAVAILABLE']);

/** Facts in, next action and public state out. Knows nothing of how either is carried out. */
export function plan(facts: Facts): Plan {
  const { desired, hostId, seen, generation } = facts;
  if (hostId && facts.hostLost) return planLost(facts);
  if (desired === 'absent') return planAbsent(facts);
  if (!hostId) return desired === 'stopped' ? quiet('stopped', 'succeeded') : planUnplaced(facts);
  if (!seen || seen.generation < generation) {
    const { state } = facts;
    if (desired === 'stopped')
      return {
        action: 'apply',
        ...sayingBefore(seen),
        state: state === 'stopped' ? state : 'stopping',
        step: 'stop',
      };
    // A running one that is told something new runs on until its host says otherwise.
    return {
      action: 'apply',
      ...sayingBefore(seen),
      state: state === 'running' ? state : 'starting',
      step: 'start',
    };
  }
  return desired === 'running' ? planRunning(facts, seen) : planStopped(seen);
}

/** Nobody answers on its host, and what may restart elsewhere has stopped there. */
function planLost(facts: Facts): Plan {
  const { desired, seen, generation, state } = facts;
  // What is left of it on the host is found when that returns.
  if (desired === 'absent')
    return { action: 'purge', state: 'deleted', reason: '', message: '', outcome: 'succeeded' };
  const told = seen !== null && seen.generation >= generation;
  if (told && desired === 'stopped') return planStopped(seen);
  if (told && seen.phase === 'exited' && !wouldRestart(facts, seen)) return planExited(facts, seen);
  const lost = (message: string) => ({ state, reason: 'HOST_LOST', message });
  if (!stopsOnLoss(facts))
    return {
      action: 'none',
      ...lost(
        facts.isFenced
          ? 'Its host is lost. It is to be kept there: it is looked after again when the host returns.'
          : 'Its host is lost, and nothing there would have stopped it: it may still run. It is looked after again when the host returns.',
      ),
      outcome: 'failed',
    };
  const message = desired === 'running' ? 'Its host is lost. It is started on another one.' : '';
  return { action: 'displace', ...lost(message), state: desired === 'running' ? 'provisioning' : 'stopping' };
}

/** Does its host, when lost, know that it must stop it? What the host was told last may be older than the wish. */
function stopsOnLoss({ isFenced, onHostLoss, keptGeneration, seen }: Facts): boolean {
  return (
    isFenced && onHostLoss === 'restart' && (keptGeneration === 0 || (seen?.generation ?? 0) > keptGeneration)
  );
}

/** Not known which driver has it: then all drivers of its host must fence. */
export function isFenced({ seen }: { seen: Seen | null }, unfenced: readonly string[] | null): boolean {
  if (!unfenced || unfenced.length === 0) return true;
  return seen?.driver !== undefined && !unfenced.includes(seen.driver);
}

function planAbsent({ hostId, seen, generation }: Facts): Plan {
  const gone = !hostId || (seen?.phase === 'absent' && seen.generation >= generation);
  if (gone) return { action: 'purge', state: 'deleted', reason: '', message: '', outcome: 'succeeded' };
  const told = seen !== null && seen.generation >= generation;
  return {
    action: told ? 'none' : 'apply',
    ...(told ? saying(seen) : sayingBefore(seen)),
    state: 'deleting',
    step: 'remove',
  };
}

/** How long its program has run, in ms: by the host's clock, or by ours if that one is ahead. */
export function ranForMs({ seen, updatedAt }: { seen: Seen | null; updatedAt: Date }): number {
  const startedAt = seen?.startedAt ? Date.parse(seen.startedAt) : 0;
  return Date.now() - Math.min(startedAt, updatedAt.getTime());
}

/** One that could not be placed stays failed until somebody wants it anew. */
function planUnplaced({ state, observedGeneration, generation }: Facts): Plan {
  const gaveUp = state === 'failed' && observedGeneration >= generation;
  return gaveUp
    ? { action: 'none', state, reason: KEEP, message: KEEP }
    : { action: 'place', state: 'provisioning', reason: '', message: '', step: 'place' };
}

/** Means: leave the stored text as it is. */
export const KEEP = '\0keep';

function planRunning(facts: Facts, seen: Seen): Plan {
  switch (seen.phase) {
    case 'running':
      return PASSING.has(seen.problemReason) ? planUnseen(facts, seen) : planUp(facts);
    case 'pulling':
      return { action: 'none', ...saying(seen), state: 'starting', step: 'pull image' };
    case 'creating':
    case 'absent': // the order is journaled and about to be carried out
      return { action: 'none', ...saying(seen), state: 'starting', step: 'start' };
    case 'exited':
      return planExited(facts, seen);
    case 'failed':
      if (PASSING.has(seen.problemReason))
        return { action: 'none', ...saying(seen), state: 'starting', step: 'start' };
      if (mayMovePorts(facts, seen))
        return { action: 'move-ports', ...saying(seen), state: 'starting', step: 'start' };
      return failedAs(seen);
  }
}

/** It did not start, and its host says why. */
export const failedAs = (seen: Seen | null): Plan => ({
  action: 'none',
  ...saying(seen),
  state: 'failed',
  outcome: 'failed',
});

/**
 * Is a port taken that the cloud chose? Another takes a new container, so only one that has never run is given it:
 * nothing that a program wrote is lost. What has been told as failed stays so until somebody wants it anew.
 */
function mayMovePorts({ ports, observedGeneration, generation }: Facts, seen: Seen): boolean {
  const { problemReason, problemPort, startedAt } = seen;
  if (problemReason !== 'PORT_TAKEN' || startedAt !== undefined || observedGeneration >= generation)
    return false;
  return ports.every(({ hostPort }) => hostPort === 0 || (problemPort && hostPort !== problemPort));
}

/** Its host is there, and cannot see it: what was seen last is told, and that it may be otherwise by now. */
function planUnseen({ observedGeneration, generation }: Facts, seen: Seen): Plan {
  const message = `Nobody knows whether it still runs; it did when last seen. ${seen.problemMessage}`;
  const untold = observedGeneration < generation;
  return {
    action: 'none',
    state: 'running',
    reason: seen.problemReason,
    message,
    ...(untold ? { step: 'start' } : {}),
  };
}

/** It runs, and says so at once; its operation waits until it is certain. */
function planUp({ observedGeneration, generation, ranForMs }: Facts): Plan {
  const up = quiet('running', 'succeeded');
  if (observedGeneration >= generation || ranForMs >= STEADY_MS) return up;
  return { ...up, outcome: undefined, step: 'start', lookAgainMs: STEADY_MS - ranForMs };
}

function wouldRestart({ restartPolicy }: Facts, seen: Seen): boolean {
  if (seen.problemReason === 'REMOVED') return false;
  return restartPolicy === 'always' || (restartPolicy === 'on-failure' && seen.exitCode !== 0);
}

function planExited(facts: Facts, seen: Seen): Plan {
  const removed = seen.problemReason === 'REMOVED';
  // A program that ended at once, or later, has ended; only these two ends have another cause than the program.
  const reason = removed || seen.problemReason === 'OUT_OF_MEMORY' ? seen.problemReason : 'EXITED';
  const message = seen.problemMessage || `The program ended with exit code ${seen.exitCode}.`;
  if (wouldRestart(facts, seen)) {
    const hopeless = seen.restartCount >= STARTS_BEFORE_GIVING_UP;
    return {
      action: 'none',
      state: 'starting',
      reason,
      message,
      ...(hopeless ? { outcome: 'failed' as const } : { step: 'start' }),
    };
  }
  if (seen.exitCode === 0 && !removed)
    return { action: 'none', state: 'stopped', reason: 'EXITED', message, outcome: 'succeeded' };
  return {
    action: 'none',
    state: 'failed',
    reason,
    message,
    outcome: 'failed',
  };
}

function planStopped(seen: Seen): Plan {
  if (seen.phase === 'exited' || seen.phase === 'absent') return quiet('stopped', 'succeeded');
  if (seen.phase === 'failed' && !PASSING.has(seen.problemReason))
    return { action: 'none', ...saying(seen), state: 'failed', outcome: 'failed' };
  return { action: 'none', ...saying(seen), state: 'stopping', step: 'stop' };
}

const quiet = (state: InstanceState, outcome: 'succeeded'): Plan => ({
  action: 'none',
  state,
  reason: '',
  message: '',
  outcome,
});
/** How an older wish went says nothing of how this one goes, save for what is in the way of any. */
const sayingBefore = (seen: Seen | null) =>
  seen && PASSING.has(seen.problemReason) ? saying(seen) : { reason: '', message: '' };
const saying = (seen: Seen | null) => ({
  reason: seen?.problemReason ?? '',
  message: seen?.problemMessage || seen?.progress || '',
});
