import type { commonV1 } from '@thecloud/api';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Logger } from '../log';

/** What a service has another make for its own resources: "instance". */
export interface ChildKind {
  readonly kind: string;
  /** All that this service owns of it there, a page at a time. */
  list(pageToken: string, signal: AbortSignal): Promise<{ children: commonV1.OwnedResource[]; next: string }>;
  /** Which of these ids some resource here still wishes for, or waits to see gone. Reads the primary. */
  wished(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** remove: nothing is lost with it. report: it may hold data, and a person decides. */
  readonly orphans: 'remove' | 'report';
  remove(child: commonV1.OwnedResource, signal: AbortSignal): Promise<void>;
}

/** The one key of a sweep's controller. */
export const SWEEP_KEY = 'all';

/**
 * Finds children whose owner is gone: a call that came late has made them, after their owner was done with them. They are
 * listed first and their owners read afterwards, and an owner's wish was committed before its child was made: so no child
 * is taken for an orphan that is not one. The other service being away decides nothing.
 */
export class ChildSweep implements Reconciler {
  readonly name: string;
  readonly resyncMs: number;
  readonly deadlineMs = 10 * 60_000;
  readonly concurrency = 1;
  readonly standing = [SWEEP_KEY];

  constructor(
    private readonly child: ChildKind,
    private readonly log: Logger,
    resyncMs = 10 * 60_000,
  ) {
    this.name = `${child.kind}-sweep`;
    this.resyncMs = resyncMs;
  }

  async reconcile(_key: string, { signal }: Term): Promise<Outcome> {
    let pageToken = '';
    do {
      const { children, next } = await this.child.list(pageToken, signal);
      const wished = await this.child.wished(children.map(({ id }) => id));
      for (const orphan of children.filter(({ id }) => !wished.has(id))) {
        if (signal.aborted) return again(0);
        await this.#end(orphan, signal);
      }
      pageToken = next;
    } while (pageToken !== '');
    return settled;
  }

  async #end(orphan: commonV1.OwnedResource, signal: AbortSignal): Promise<void> {
    const { kind, orphans } = this.child;
    const about = { kind, child: orphan.id, owner: orphan.ownerId, project: orphan.projectId };
    if (orphans === 'report')
      return this.log.error(about, 'its owner is gone; look whether it is still needed');
    await this.child.remove(orphan, signal);
    this.log.warn(about, 'removed a child whose owner is gone');
  }
}
