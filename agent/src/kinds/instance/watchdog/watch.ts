import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { journalFile, readJournal } from '../../../core/journal-lines';
import { keyOf } from '../../../core/thing';
import { KIND } from '../names';
import { fromRelease010 } from '../release-0.1.0';
import type { InstanceRecord, OnHostLoss } from '../spec';
import { hasPassed, killedDir, readDeadline } from '../../../fence/deadline';
import { kill, running } from './docker';
import type { RunningContainer } from './docker';

export interface Watched {
  /** The agent's. */
  readonly dataDir: string;
  readonly socketPath: string;
  readonly hostId: string;
}

/** One look: past the deadline, kills all that may run elsewhere. Answers with what it killed. */
export async function look(w: Watched): Promise<string[]> {
  if (!hasPassed(readDeadline(w.dataDir))) return [];
  const ordered = await orders(w.dataDir);
  const mayRunElsewhere = ({ instanceId, onHostLoss }: RunningContainer) =>
    (ordered(instanceId) ?? onHostLoss) !== 'keep';
  const containers = (await running(w.socketPath, w.hostId)).filter(mayRunElsewhere);
  const killed = await Promise.allSettled(containers.map((c) => end(w, c)));
  const failed = killed.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return containers.map(({ instanceId }) => instanceId);
}

async function end(w: Watched, { containerId, instanceId }: RunningContainer): Promise<void> {
  // The agent may have been answered while this look went on.
  if (!hasPassed(readDeadline(w.dataDir))) return;
  // First the note, for the agent, that it did not end by itself. A label is no path unless it looks like an id.
  if (/^[a-z0-9_]+$/.test(instanceId)) {
    mkdirSync(killedDir(w.dataDir), { recursive: true, mode: 0o700 });
    writeFileSync(join(killedDir(w.dataDir), instanceId), '', { mode: 0o600 });
  }
  await kill(w.socketPath, containerId);
}

/** The journal has the newest order; a container that is in no journal says itself. What says nothing must not run twice. */
async function orders(dataDir: string): Promise<(instanceId: string) => OnHostLoss | undefined> {
  try {
    const { records } = await readJournal(journalFile(dataDir), fromRelease010);
    const recordOf = (id: string) => records.get(keyOf({ kind: KIND, id })) as InstanceRecord | undefined;
    return (instanceId) => recordOf(instanceId)?.order.spec.config?.onHostLoss;
  } catch {
    return () => undefined;
  }
}
