import type Docker from 'dockerode';
import { DriverError } from '../../../../core/driver-error';
import { notRunning } from '../../ports/driver-problems';
import type { Usage } from '../../ports/stats-driver';
import { unavailable } from '../docker-engine';

/** @throws DriverError NOT_RUNNING; DRIVER_UNAVAILABLE when it is not what Docker says of a container */
export function usageFrom(stats: Docker.ContainerStats): Usage {
  try {
    return usageOf(stats);
  } catch (error) {
    throw error instanceof DriverError ? error : unavailable(error);
  }
}

/** Docker says year 1 of a container that does not run. */
function usageOf(stats: Docker.ContainerStats): Usage {
  const timeMs = Date.parse(stats.read);
  if (!(timeMs > 0) || stats.memory_stats.usage === undefined) throw notRunning();
  const { usage, limit, stats: detail } = stats.memory_stats;
  // Page cache that could be dropped at once: named differently in the two versions of control groups.
  const cache = detail.total_inactive_file ?? detail.inactive_file ?? 0;
  const interfaces = Object.values(stats.networks ?? {});
  const sum = (pick: (n: Docker.NetworkStats[string]) => number) =>
    whole(interfaces.reduce((all, one) => all + pick(one), 0));
  return {
    timeMs,
    cpuNs: whole(stats.cpu_stats.cpu_usage.total_usage),
    memoryBytes: whole(Math.max(0, usage - cache)),
    memoryLimitBytes: whole(limit),
    rxBytes: sum((n) => n.rx_bytes),
    rxPackets: sum((n) => n.rx_packets),
    txBytes: sum((n) => n.tx_bytes),
    txPackets: sum((n) => n.tx_packets),
    pids: whole(stats.pids_stats?.current ?? 0),
    pidsLimit: whole(stats.pids_stats?.limit ?? 0),
  };
}

const whole = (n: number) => BigInt(Math.trunc(n));
