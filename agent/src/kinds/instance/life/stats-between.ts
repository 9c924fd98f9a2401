import type { agentV1 } from '@thecloud/api';
import type { Usage } from '../ports/stats-driver';

/** What is used now; the processor's share since `before`. Sums that went back began anew with a restart. */
export function statsBetween(before: Usage, now: Usage): agentV1.WatchStatsResponse {
  const usedNs = now.cpuNs >= before.cpuNs ? now.cpuNs - before.cpuNs : now.cpuNs;
  const passedMs = now.timeMs - before.timeMs;
  return {
    time: new Date(now.timeMs),
    cpu: { usageNs: now.cpuNs, percent: passedMs > 0 ? Number(usedNs) / 1e4 / passedMs : 0 },
    memory: { usedBytes: now.memoryBytes, limitBytes: now.memoryLimitBytes },
    network: {
      rxBytes: now.rxBytes,
      rxPackets: now.rxPackets,
      txBytes: now.txBytes,
      txPackets: now.txPackets,
    },
    pids: { used: now.pids, limit: now.pidsLimit },
  };
}
