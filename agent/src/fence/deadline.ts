import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Until when instances that may start elsewhere may run here. Of one boot: its clock means nothing in the next. */
export interface Deadline {
  readonly bootId: string;
  /** On the clock of /proc/uptime, in ms. */
  readonly atMs: number;
  /** How long after the beat that was acknowledged this is, in ms. */
  readonly afterMs: number;
}

export const deadlineFile = (dataDir: string) => join(dataDir, 'fence', 'deadline.json');
/** One empty file for each instance that the watchdog has killed. */
export const killedDir = (dataDir: string) => join(dataDir, 'fence', 'killed');

let thisBoot: string | undefined;
/** No process outlives a boot. */
export const bootId = (): string =>
  (thisBoot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

/** Never set back, and counts while the machine is suspended. */
export const uptimeMs = (): number =>
  Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000);

/** Undefined: there is none, instances run on for ever. One that cannot be understood has passed. */
export function readDeadline(dataDir: string): Deadline | undefined {
  let text: string;
  try {
    text = readFileSync(deadlineFile(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { bootId, atMs, afterMs } = JSON.parse(text) as Deadline;
    return { bootId: String(bootId), atMs: Number(atMs), afterMs: Number(afterMs) };
  } catch {
    return { bootId: '', atMs: 0, afterMs: 0 }; // safe is to take it for passed
  }
}

export function hasPassed(deadline: Deadline | undefined): boolean {
  return deadline !== undefined && (deadline.bootId !== bootId() || !(uptimeMs() < deadline.atMs));
}
