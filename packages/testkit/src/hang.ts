import { readdirSync, readFileSync } from 'node:fs';

/**
 * Stops a process and all its descendants (SIGSTOP), as a machine under memory pressure or a debugger does: connections
 * stay open and nothing is answered. Answers with what lets them go on.
 */
export function hang(pid: number | undefined): () => void {
  if (!pid) throw new Error('there is no process to stop');
  const stopped: number[] = [];
  // Parents first, so that no new child is missed.
  for (let level = [pid]; level.length > 0; level = level.flatMap(childrenOf)) {
    for (const one of level) signal(one, 'SIGSTOP');
    stopped.push(...level);
  }
  return () => {
    for (const one of stopped.splice(0).reverse()) signal(one, 'SIGCONT');
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** The second field behind the name, which stands in parentheses and may hold anything. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}
