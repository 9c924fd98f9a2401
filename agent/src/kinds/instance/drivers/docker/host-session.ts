import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A process of this machine, which its number alone does not name for long. */
export interface HostProcess {
  readonly pid: number;
  /** In clock ticks since the machine started. */
  readonly startTime: string;
}

/** Time to end by itself after a hang-up, and to be gone once killed, in ms. */
const GRACE_MS = 2_000;
const KILL_MS = 5_000;
const LOOK_EVERY_MS = 20;

/** The process, if it belongs to that container; undefined when it does not, or has ended. */
export async function hostProcess(pid: number, containerId: string): Promise<HostProcess | undefined> {
  const stat = await statOf(pid);
  return stat && (await belongs(pid, containerId)) ? { pid, startTime: stat.startTime } : undefined;
}

/**
 * All processes of the session that `leader` began, in that container. A session's number is not given to another
 * process while any of it lives; that the leader's number has been given away says that none does.
 */
export async function sessionOf(leader: HostProcess, containerId: string): Promise<number[]> {
  const now = await statOf(leader.pid);
  if (now && now.startTime !== leader.startTime) return [];
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(all.map(async (pid) => ({ pid, stat: await statOf(pid) })));
  const members = stats.filter(({ stat }) => stat?.session === leader.pid && stat.state !== 'Z');
  const ours = await Promise.all(members.map(({ pid }) => belongs(pid, containerId)));
  return members.map(({ pid }) => pid).filter((_, i) => ours[i]);
}

export async function signalSession(
  leader: HostProcess,
  containerId: string,
  ...signals: NodeJS.Signals[]
): Promise<number> {
  const members = await sessionOf(leader, containerId);
  for (const pid of members) for (const signal of signals) send(pid, signal);
  return members.length;
}

/** To this one process alone, if it still is the one that it was. */
export async function signalProcess(
  { pid, startTime }: HostProcess,
  containerId: string,
  signal: NodeJS.Signals,
): Promise<void> {
  const now = await hostProcess(pid, containerId);
  if (now?.startTime === startTime) send(pid, signal);
}

/** Hangs the session up as a lost terminal would, then kills what is left. False: something survives even that. */
export async function endSession(leader: HostProcess, containerId: string): Promise<boolean> {
  await signalSession(leader, containerId, 'SIGHUP', 'SIGCONT');
  if (await ended(leader, containerId, GRACE_MS)) return true;
  await signalSession(leader, containerId, 'SIGKILL');
  return ended(leader, containerId, KILL_MS);
}

async function ended(leader: HostProcess, containerId: string, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; ;) {
    if ((await sessionOf(leader, containerId)).length === 0) return true;
    if (Date.now() > deadline) return false;
    await pause(LOOK_EVERY_MS);
  }
}

/** Was it started with this variable? The words of another user's process cannot be read: then it was not. */
export async function hasEnvironment(pid: number, assignment: string): Promise<boolean> {
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environ.split('\0').includes(assignment);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile, or is not ours to signal: those who wait for its end find out
  }
}

interface Stat {
  readonly state: string;
  readonly session: number;
  readonly startTime: string;
}

/** "1 (any name) S ppid pgrp session … starttime …": fields 3, 6 and 22, counted behind the last parenthesis. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined); // it has ended
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  return { state: fields[0] ?? '', session: Number(fields[3]), startTime: fields[19] ?? '' };
}

/** A control group is named after its container, however the engine nests it. */
async function belongs(pid: number, containerId: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).includes(containerId);
}
