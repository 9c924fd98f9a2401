import { agentV1 } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { implement } from '../rpc/implement';
import type { Implementation } from '../rpc/implement';
import { ReportProgress } from './progress';
import type { StoredReports } from './stored-reports';

/** What a service does with the reports of one kind that it owns. */
export interface ReportedKind {
  /** Stores it, unless something newer is stored; resolves when that is durable. Reports come more than once. */
  observed(hostId: string, observed: agentV1.Observed): Promise<void>;
  /** The host has told all that it has. What was told before `since` and not after it is there no longer. */
  complete(hostId: string, since: bigint): Promise<void>;
}

export interface ReportServiceDeps {
  readonly stored: StoredReports;
  readonly kinds: Readonly<Record<string, ReportedKind>>;
}

/** Reports of one host that may wait to be stored; its stream is read no further until then. */
const MOST_UNSAVED = 2_000;
/** How far they are stored is written down this often at most, in ms; what is told twice changes nothing. */
const SAVE_EVERY_MS = 2_000;

/** Where agents report what they see of this service's kinds. The agent's certificate says which host it is. */
export function reportService(d: ReportServiceDeps): Implementation {
  async function* report(
    ctx: RequestContext,
    requests: AsyncIterable<agentV1.ReportRequest>,
  ): AsyncIterable<agentV1.ReportResponse> {
    const hostId = ctx.peer?.name ?? '';
    let since: bigint | undefined;
    let saved = await d.stored.of(hostId);
    let savedAt = performance.now();
    const progress = new ReportProgress(saved, MOST_UNSAVED);
    const save = async () => {
      const { stored } = progress;
      if (stored > saved) await d.stored.save(hostId, stored);
      [saved, savedAt] = [stored, performance.now()];
    };
    for await (const { said } of requests) {
      if (said?.$case === 'opening') {
        if (since !== undefined) throw commonErrors.REPORT_OUT_OF_ORDER({ what: 'a second opening' });
        since = said.value.since;
        ctx.log.info({ hostId, stored: String(saved) }, 'a host reports');
      } else if (said?.$case === 'page') {
        if (since === undefined)
          throw commonErrors.REPORT_OUT_OF_ORDER({ what: 'a page before the opening' });
        const { observed, complete } = said.value;
        for (const one of observed) await progress.add(one.sequence, take(ctx, hostId, one));
        if (complete) {
          await progress.settled();
          for (const kind of Object.values(d.kinds)) await kind.complete(hostId, since);
        }
        // An empty page asks.
        if (observed.length === 0) await progress.settled();
        if (observed.length === 0 || complete || performance.now() - savedAt > SAVE_EVERY_MS) await save();
      }
      yield { stored: saved };
    }
    await progress.settled();
    await save();
  }

  /** A kind that this service does not know is one that it will: its agent is newer. */
  async function take(ctx: RequestContext, hostId: string, observed: agentV1.Observed): Promise<void> {
    const kind = d.kinds[observed.kind];
    if (kind) return kind.observed(hostId, observed);
    ctx.log.warn({ hostId, kind: observed.kind, id: observed.id }, 'nobody here knows this kind');
  }

  return implement<agentV1.ReportServiceServer>(agentV1.ReportServiceService, { report });
}
