import type { HostState } from './host';
import type { HostReason } from './host-reasons';

/** What decides whether a silent host is given up. */
export interface Silence {
  /** How long its lease has been known to be gone. */
  readonly silentMs: number;
  /** The installation's fence deadline. */
  readonly fenceMs: number;
  /** After so long without an acknowledged beat its agent has stopped what must not run twice; 0: it does not. */
  readonly fenceAfterMs: number;
  /** Hosts that have joined, and those of them that are suspect or dead; this one included. */
  readonly hosts: number;
  readonly silentHosts: number;
}

export interface Verdict {
  readonly state: 'suspect' | 'dead';
  readonly reason: HostReason;
  /** What follows from it, as a sentence. */
  readonly message: string;
  /** When to look again; 0: nothing is going to change by itself. */
  readonly lookAgainMs: number;
}

/** An agent is given this share of the fence deadline, before which it must have stopped what must not run twice. */
const AGENTS_SHARE = 0.75;
const LOOK_AGAIN_MS = 2_000;

export const agentFenceMs = (fenceMs: number): number => Math.floor(fenceMs * AGENTS_SHARE);

/**
 * A host is dead when its agent must long have stopped what may start elsewhere, and not one moment earlier: also not
 * when the deadline was shortened since its agent was told.
 */
export function judge({ silentMs, fenceMs, fenceAfterMs, hosts, silentHosts }: Silence): Verdict {
  const suspect = (
    reason: 'SILENT' | 'EVACUATION_STOPPED',
    message: string,
    lookAgainMs: number,
  ): Verdict => ({
    state: 'suspect',
    reason,
    message,
    lookAgainMs,
  });
  if (fenceAfterMs === 0)
    return suspect(
      'SILENT',
      'Nothing is moved: when last heard, it was the only host, or nothing there would stop its instances.',
      0,
    );
  const leftMs = Math.max(fenceMs, Math.ceil(fenceAfterMs / AGENTS_SHARE)) - silentMs;
  if (silentHosts >= 2 && silentHosts * 2 > hosts)
    return suspect(
      'EVACUATION_STOPPED',
      `${silentHosts} of ${hosts} hosts are silent at once, so nothing is moved until at least half of them answer.`,
      LOOK_AGAIN_MS,
    );
  if (leftMs > 0)
    return suspect(
      'SILENT',
      'It is given up, and what may restart elsewhere does, if it stays silent.',
      Math.min(leftMs, LOOK_AGAIN_MS),
    );
  return {
    state: 'dead',
    reason: 'LOST',
    message: 'It was silent past the fence deadline: what may restart elsewhere does.',
    lookAgainMs: 0,
  };
}

/** A leader that works says of a silent host sooner than this that it is suspect, in ms. */
const UNJUDGED_MS = 16_000;

/**
 * What is told of a host. While nobody can judge whether it lives (no leader, or an etcd that does not answer), its row
 * stays as it was: then the reason says since when that is not known.
 */
export function told<
  T extends { state: HostState; reason: string; message: string; lastSeenAt: Date | null },
>(row: T, nowMs: number): T {
  const { state, lastSeenAt } = row;
  if (state !== 'ready' || !lastSeenAt || nowMs - lastSeenAt.getTime() < UNJUDGED_MS) return row;
  const message = `Not known since ${lastSeenAt.toISOString()}: its agent has not been heard since, and nobody could judge whether it lives. Look at the health of etcd and compute.`;
  return { ...row, reason: 'NOT_KNOWN', message };
}
