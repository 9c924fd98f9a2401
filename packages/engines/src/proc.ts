import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Names one process for ever: a pid alone is reused, a pid with its start time in one boot is not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  startTime: number;
  bootId: string;
}

/** Undefined when no such process runs; a zombie whose last thread has gone counts as dead: it holds nothing. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The command name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'X' || (fields[0] === 'Z' && listProc(pid, 'task').length < 2)) return undefined;
  return { pid, startTime: Number(fields[19]), bootId: bootId() };
}

export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now?.startTime === process.startTime && now.bootId === process.bootId;
}

/** Arguments of a live process; empty for a dead one and for a kernel thread. */
export function commandLine(pid: number): string[] {
  return readProc(pid, 'cmdline')?.split('\0').slice(0, -1) ?? [];
}

/** The short name the kernel shows for a process. */
export function commandName(pid: number): string | undefined {
  return readProc(pid, 'comm')?.trim();
}

export function livePids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => identify(pid) !== undefined);
}

/** Processes that work inside a directory, whoever started them. */
export function pidsWorkingIn(directory: string): number[] {
  return livePids().filter((pid) => readProcLink(pid, 'cwd') === directory);
}

/** Processes holding one of these sockets open, by inode. */
export function pidsHoldingSockets(inodes: ReadonlySet<string>): number[] {
  return livePids().filter((pid) =>
    listProc(pid, 'fd').some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readProcLink(pid, `fd/${fd}`) ?? '')?.[1];
      return inode !== undefined && inodes.has(inode);
    }),
  );
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readProc(pid: number, file: string): string | undefined {
  return unlessGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
}

function readProcLink(pid: number, file: string): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/${file}`));
}

function listProc(pid: number, directory: string): string[] {
  return unlessGone(() => readdirSync(`/proc/${pid}/${directory}`)) ?? [];
}

/** A process may end, or be another user's, between any two looks at it. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return undefined;
    throw error;
  }
}
