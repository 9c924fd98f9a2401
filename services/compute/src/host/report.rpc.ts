import { computeV1 } from '@thecloud/api';
import { implement, InFlight } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { instanceRepo } from '../instance/instance.repo';
import { ClockOffset } from './clock-offset';
import { agentFenceMs } from './host.plan';
import type { HostChanged } from './host.changes';
import { hostRepo } from './host.repo';
import type { HostRow } from './host.repo';
import type { HostLiveness } from './liveness';
import type { ReportedInstances } from './reported-instances';

/** How often agents are asked to beat. */
const BEAT_INTERVAL_MS = 2_000;

/** Reports of one host that may wait to be stored; its stream is read no further until then. */
const MOST_UNSAVED = 256;

type Answer = Omit<computeV1.ReportHostResponse, 'beatIntervalMs'>;

/**
 * Where agents say hello and beat. The certificate says which host it is. Agents of release 0.1.0 report instances here,
 * too; all others to ReportService.
 */
export function reportRpc(
  f: Foundation,
  instances: Pick<ReportedInstances, 'seen'>,
  changed: HostChanged,
  liveness: HostLiveness,
  fenceMs: number,
) {
  async function* reportHost(
    ctx: RequestContext,
    reports: AsyncIterable<computeV1.ReportHostRequest>,
  ): AsyncIterable<computeV1.ReportHostResponse> {
    const hostId = ctx.peer?.name ?? '';
    ctx.log.info({ hostId }, 'an agent reports');
    const unsaved = new InFlight(MOST_UNSAVED);
    const clock = new ClockOffset();
    try {
      for await (const { report } of reports) {
        if (!report) continue;
        if (report.$case === 'observations') {
          for (const observed of report.value.instances) await unsaved.add(instances.seen(hostId, observed));
          continue;
        }
        const answer =
          report.$case === 'hello'
            ? await greet(hostId, report.value)
            : await hear(hostId, report.value, clock.heard(report.value.sentAt));
        if (!answer) return; // given up meanwhile: only a new stream's hello may tell it what is still its own
        liveness.beat(hostId);
        yield { beatIntervalMs: BEAT_INTERVAL_MS, ...answer };
      }
    } finally {
      liveness.forget(hostId);
      ctx.log.info({ hostId }, 'an agent is gone');
    }
  }

  async function greet(hostId: string, hello: computeV1.HostHello): Promise<Answer> {
    const inventory = computeV1.HostInventory.fromPartial(hello.inventory ?? {});
    const before = await previousAt(hostId, inventory.agentEndpoint);
    const answer = await f.db.write('system', async (tx) => {
      await hostRepo.alone(tx, hostId);
      if (await hostRepo.wasRemoved(tx, hostId)) throw errors.HOST_REMOVED({ id: hostId });
      if (before) await hostRepo.giveUpEndpoint(tx, before.id, before.agentEndpoint);
      const fence = await fenceOf(tx, hostId, hello.armedFenceMs);
      const { row, wasLost, hasMoved } = await hostRepo.hello(tx, hostId, inventory, {
        fenceAfterMs: fence.reliesOnMs,
        unfencedDrivers: hello.unfencedDrivers,
      });
      changed(tx, row);
      await f.work.enqueue(tx, 'host', hostId);
      // After the host's row is ours: from here on nothing is moved off it.
      const here = await instanceRepo.idsOn(tx, hostId);
      if (wasLost) await f.work.enqueue(tx, 'instance', ...here);
      if (hasMoved) await instanceRepo.countChange(tx, here);
      return { fenceAfterMs: fence.tellMs, placed: { ids: here }, notHere: strangers(hello, here) };
    });
    const unsaved = new InFlight(MOST_UNSAVED);
    for (const observed of hello.instances) await unsaved.add(instances.seen(hostId, observed));
    await unsaved.settled();
    return answer;
  }

  /**
   * The host that was reached there before. FAILED_PRECONDITION ENDPOINT_TAKEN: it still is. (One of the two would be
   * ordered what is meant for the other, but for its certificate.)
   */
  async function previousAt(hostId: string, endpoint: string): Promise<HostRow | undefined> {
    const other = await f.db.read('system', (tx) => hostRepo.othersEndpoint(tx, hostId, endpoint));
    if (other && (await liveness.alive(other.id)) !== false)
      throw errors.ENDPOINT_TAKEN({ endpoint, name: other.name });
    return other;
  }

  const hear = (
    hostId: string,
    beat: computeV1.HostBeat,
    clockOffsetMs?: number,
  ): Promise<Answer | undefined> =>
    f.db.write('system', async (tx) => {
      const fence = await fenceOf(tx, hostId, beat.armedFenceMs);
      const problem = beat.driverProblem;
      const certificateEndsAt = beat.certificateEndsAt ?? null;
      const facts = { fenceAfterMs: fence.reliesOnMs, clockOffsetMs, certificateEndsAt };
      const heard = await hostRepo.heard(tx, hostId, problem, facts);
      if (heard && heard.changed) changed(tx, heard.changed);
      return heard ? { fenceAfterMs: fence.tellMs, placed: undefined, notHere: [] } : undefined;
    });

  /**
   * tellMs: what its agent is told next. reliesOnMs: what may be relied on, whether that answer arrives or not: the
   * longer of the two, and nothing while the agent does not say that its watchdog runs.
   */
  async function fenceOf(tx: Tx, hostId: string, armedMs: number) {
    const tellMs = (await hostRepo.hasRefuge(tx, hostId)) ? agentFenceMs(fenceMs) : 0;
    return { tellMs, reliesOnMs: tellMs && armedMs ? Math.max(tellMs, armedMs) : 0 };
  }

  return implement<computeV1.HostAgentServiceServer>(computeV1.HostAgentServiceService, { reportHost });
}

/** Of the instances that an agent of release 0.1.0 says are on its host, those that are not placed there. */
function strangers({ instances }: computeV1.HostHello, here: readonly string[]): string[] {
  const placed = new Set(here);
  const there = instances.filter(({ phase }) => phase !== 'absent').map(({ instanceId }) => instanceId);
  return there.filter((id) => !placed.has(id));
}
