import type { agentV1 } from '@thecloud/api';
import { computeV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Foundation, RequestContext } from '@thecloud/service-kit';
import { observeInstance } from '../instance/observe-instance';
import { hostRepo } from './host.repo';
import type { HostLiveness } from './liveness';

/** How often agents are asked to beat. */
const BEAT_INTERVAL_MS = 2_000;

/** Where agents report. A host may only speak of what is placed on it: its certificate says which host it is. */
export function reportRpc(f: Foundation, liveness: HostLiveness) {
  const observe = (hostId: string, seen: readonly agentV1.ObservedInstance[]) =>
    f.db.write('system', async (tx) => {
      const news = [];
      for (const one of seen) if (await observeInstance(tx, hostId, one)) news.push(one.instanceId);
      await f.work.enqueue(tx, 'instance', ...news);
    });

  async function* reportHost(
    ctx: RequestContext,
    reports: AsyncIterable<computeV1.ReportHostRequest>,
  ): AsyncIterable<computeV1.ReportHostResponse> {
    const hostId = ctx.peer?.name ?? '';
    ctx.log.info({ hostId }, 'an agent reports');
    try {
      for await (const { report } of reports) {
        if (report?.$case === 'observed') {
          await observe(hostId, [report.value]);
          continue;
        }
        if (report?.$case === 'hello' && report.value.inventory)
          await greet(hostId, report.value.inventory, report.value.instances);
        if (report?.$case === 'beat') await hear(hostId, report.value.driverProblem);
        await liveness.beat(hostId);
        yield { beatIntervalMs: BEAT_INTERVAL_MS };
      }
    } finally {
      liveness.forget(hostId);
      ctx.log.info({ hostId }, 'an agent is gone');
    }
  }

  async function greet(
    hostId: string,
    inventory: computeV1.HostInventory,
    seen: agentV1.ObservedInstance[],
  ): Promise<void> {
    await f.db.write('system', async (tx) => {
      await hostRepo.hello(tx, hostId, inventory);
      await f.work.enqueue(tx, 'host', hostId);
    });
    await observe(hostId, seen);
  }

  const hear = (hostId: string, problem: string) =>
    f.db.write('system', async (tx) => {
      await hostRepo.seen(tx, hostId);
      await hostRepo.setState(tx, hostId, 'ready', problem ? 'DRIVER_UNAVAILABLE' : '', problem);
    });

  return implement<computeV1.HostAgentServiceServer>(computeV1.HostAgentServiceService, { reportHost });
}
