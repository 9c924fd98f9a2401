import type { Reconciler } from '@thecloud/reconcile';
import type { Logger } from '../log';
import type { Database } from './database';
import type { PgWorkSource } from './work-source';

const RETRY_MS = 2_000;

/**
 * Has controllers look at their standing keys from now on. PostgreSQL may be away: readiness says so, and this tries
 * again. Returns what stops that.
 */
export function enqueueStanding(
  { db, work, log }: { readonly db: Database; readonly work: PgWorkSource; readonly log: Logger },
  reconcilers: readonly Pick<Reconciler, 'name' | 'standing'>[],
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const attempt = (): void => {
    const enqueued = db.write('system', async (tx) => {
      for (const { name, standing = [] } of reconcilers) await work.enqueue(tx, name, ...standing);
    });
    enqueued.catch((err: unknown) => {
      log.warn({ err }, 'PostgreSQL is away; standing work begins later');
      if (!stopped) timer = setTimeout(attempt, RETRY_MS);
    });
  };
  if (reconcilers.some(({ standing = [] }) => standing.length > 0)) attempt();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
