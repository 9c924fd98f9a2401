import { idOf } from './api';
import type { Cloud } from './cloud';
import type { Docker } from './docker';

/** After a restart everything must have settled within this. */
export const CONVERGED_WITHIN_MS = 10_000;

/** More where others keep the machine so busy that a process takes more than a second to start; in ms. */
export const convergesWithin = (startMs: number) => Math.max(CONVERGED_WITHIN_MS, 10 * startMs);

/** Ids of all instances there should be. */
export interface Wanted {
  readonly running: readonly string[];
  readonly stopped?: readonly string[];
}

/** Wished = seen, every operation has ended, and nothing is left of what is gone: container, row, port or allocation. Of nano-1 with one port. */
export async function expectConverged(
  cloud: Cloud,
  docker: Docker,
  wanted: Wanted,
  withinMs = CONVERGED_WITHIN_MS,
): Promise<void> {
  const giveUp = Date.now() + withinMs;
  const [running, stopped] = [[...wanted.running].sort(), [...(wanted.stopped ?? [])].sort()];
  const all = [...running, ...stopped].sort();
  const n = all.length;
  const goal = {
    running,
    stopped,
    rows: all,
    containers: all,
    containersUp: running,
    ports: all,
    openOperations: [],
    allocated: { millicores: 250 * n, memory: 128 * n, instances: n },
  };
  let seen = await facts(cloud, docker);
  while (JSON.stringify(seen) !== JSON.stringify(goal) && Date.now() < giveUp) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen = await facts(cloud, docker);
  }
  expect(seen).toEqual(goal);
}

async function facts(cloud: Cloud, docker: Docker) {
  const list = (await cloud.admin.call('GET', '/v1/instances?page_size=500')).body.instances ?? [];
  const host = (await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body.status;
  const ports = await cloud.database.query<{ instance_id: string }>(
    'select instance_id from compute.host_port',
  );
  const open = await cloud.database.query<{ kind: string }>(
    'select kind from compute.operation where ended_at is null',
  );
  const inState = (state: string) => list.filter((i) => i.status?.state === state).map(idOf);
  const ids = (names: string[]) => names.map((n) => n.replace('thecloud-', '')).sort();
  return {
    running: inState('running').sort(),
    stopped: inState('stopped').sort(),
    rows: list.map(idOf).sort(),
    containers: ids(await docker.names()),
    containersUp: ids(await docker.names({ up: true })),
    ports: ports.map((p) => p.instance_id).sort(),
    openOperations: open.map((o) => o.kind),
    allocated: {
      millicores: host?.allocated_cpu_millicores,
      memory: host?.allocated_memory_mib,
      instances: host?.instance_count,
    },
  };
}
