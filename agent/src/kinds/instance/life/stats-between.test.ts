import type { Usage } from '../ports/stats-driver';
import { statsBetween } from './stats-between';

const usage = (timeMs: number, cpuNs: bigint): Usage => ({
  ...{ timeMs, cpuNs, memoryBytes: 5n, memoryLimitBytes: 10n, pids: 1n, pidsLimit: 2n },
  ...{ rxBytes: 1n, rxPackets: 2n, txBytes: 3n, txPackets: 4n },
});

it.each([
  ['half a vCPU', usage(0, 0n), usage(2_000, 1_000_000_000n), 50],
  ['two and a half', usage(0, 1n), usage(1_000, 2_500_000_001n), 250],
  ['none', usage(0, 7n), usage(1_000, 7n), 0],
  ['what was used since a restart', usage(0, 9_000_000_000n), usage(1_000, 100_000_000n), 10],
  ['nothing when no time has passed', usage(5, 0n), usage(5, 9n), 0],
])('tells %s', (_, before, now, percent) => {
  expect(statsBetween(before, now)).toMatchObject({
    time: new Date(now.timeMs),
    cpu: { usageNs: now.cpuNs, percent },
    memory: { usedBytes: 5n, limitBytes: 10n },
    network: { rxBytes: 1n, rxPackets: 2n, txBytes: 3n, txPackets: 4n },
    pids: { used: 1n, limit: 2n },
  });
});
