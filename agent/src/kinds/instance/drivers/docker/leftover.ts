import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf } from '../docker-engine';

/**
 * An engine that is killed while it starts a container leaves things of containerd's behind: the container's shim (the
 * process that holds it), or its bundle (a directory). The engine knows nothing of them afterwards and refuses every
 * start of that container because of them, also after it was started again itself. These are its words.
 */
const SHIM_LEFT = /task [0-9a-f]{64}: already exists/;
const BUNDLE_LEFT = /mkdir (\/[^:]*\/io\.containerd\.runtime\.v2\.task\/[^/:]+\/([0-9a-f]{64})): file exists/;
/** Until containerd has noticed that something is gone; in ms. */
const PAUSE_MS = 100;
const ATTEMPTS = 30;

/** Starts a container. What an engine that was killed has left of an earlier attempt is put out of the way. */
export async function startContainer(container: Docker.Container, abortSignal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await container.start({ abortSignal }));
    } catch (error) {
      const said = messageOf(error);
      const isLeft = SHIM_LEFT.test(said) || BUNDLE_LEFT.test(said);
      if (!isLeft || attempt === ATTEMPTS) throw error;
      const isAway = endShims(container.id) > 0 || moveBundle(container.id, said);
      if (attempt === 1 && !isAway) throw error; // it does not run on this machine
      await pause(PAUSE_MS, undefined, { signal: abortSignal });
    }
  }
}

/** Kills the shims of a container that does not run; containerd then removes its processes. How many there were. */
export function endShims(containerId: string): number {
  const shims = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isShimOf(pid, containerId));
  for (const pid of shims) kill(Number(pid));
  return shims.length;
}

function isShimOf(pid: string, containerId: string): boolean {
  let words: string[];
  try {
    words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return false; // it has ended
  }
  return /(^|\/)containerd-shim/.test(words[0] ?? '') && words[words.indexOf('-id') + 1] === containerId;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** To another name, where containerd's next start finds it and removes it. What is mounted cannot be moved, and stays. */
function moveBundle(containerId: string, said: string): boolean {
  const [, path = '', id] = BUNDLE_LEFT.exec(said) ?? [];
  if (id !== containerId) return false;
  try {
    renameSync(path, `${path}.left-${Date.now()}`);
    return true;
  } catch {
    return false;
  }
}
