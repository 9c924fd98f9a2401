import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in hundredths of a second for every user of /proc. */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;

interface Usage {
  readonly ticks: number;
  readonly residentMib: number;
}

/** Node processes of this version that were told of this directory. */
export function nodesOf(home: string): number[] {
  const told = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(home);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (pid === process.pid || readlinkSync(`/proc/${pid}/exe`) !== process.execPath) return false;
        return told(pid, 'cmdline') || told(pid, 'environ');
      } catch {
        return false; // it has just ended
      }
    });
}

/** What they take together over so long: CPU in percent of one core, and resident memory at the end, in MiB. */
export async function footprint(
  pids: readonly number[],
  seconds: number,
): Promise<{ cpu: number[]; memory: number[] }> {
  const [before, began] = [pids.map(usage), performance.now()];
  await sleep(seconds * 1000);
  const [after, took] = [pids.map(usage), (performance.now() - began) / 1000];
  const ticks = sum(after.map((u, i) => u.ticks - (before[i]?.ticks ?? 0)));
  return {
    cpu: [(ticks / TICKS_PER_SECOND / took) * 100],
    memory: [sum(after.map((u) => u.residentMib))],
  };
}

function usage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on: the name may hold spaces
  const at = (field: number) => Number(fields[field - 3]);
  return { ticks: at(14) + at(15), residentMib: (at(24) * PAGE_KIB) / 1024 };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, n) => all + n, 0);
