import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

const ROOT = '/sys/fs/cgroup';

/** Mounts the kernel's control groups (version 1) where no init system has done it; Docker cannot limit without. */
export async function mountCgroups(): Promise<void> {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const isMounted = (path: string) => mounts.some(([, target]) => target === path);
  const isUnified = mounts.some(([, target, type]) => target === ROOT && type === 'cgroup2');
  if (isUnified) return;
  if (!isMounted(ROOT)) await run('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'mode=755', 'cgroup', ROOT]);
  for (const controller of enabledControllers()) {
    const target = join(ROOT, controller);
    const isServed = mounts.some(
      ([, , type, options]) => type === 'cgroup' && options?.split(',').includes(controller),
    );
    if (isServed) continue;
    mkdirSync(target, { recursive: true });
    await run('/usr/bin/mount', ['-t', 'cgroup', '-o', controller, 'cgroup', target]);
  }
}

/** Rows of /proc/cgroups: name, hierarchy, groups, enabled. */
function enabledControllers(): string[] {
  return readFileSync('/proc/cgroups', 'utf8')
    .split('\n')
    .filter((row) => row !== '' && !row.startsWith('#'))
    .map((row) => row.split('\t'))
    .flatMap(([name, , , enabled]) => (name !== undefined && enabled === '1' ? [name] : []));
}
