import type { agentV1 } from '@thecloud/api';
import { Batcher } from '@thecloud/kernel';
import type { Database, PgWorkSource, ReportedKind } from '@thecloud/service-kit';
import { instanceRepo } from '../instance/instance.repo';
import type { SavesDeps } from '../instance/instance.saves';
import { observeInstances } from '../instance/observe-instance';
import type { Sighting } from '../instance/observe-instance';
import { observedInstance } from './observed-instance';

const LARGEST_BATCH = 500;

/** What hosts report of instances. A host may only speak of what is placed on it. */
export class ReportedInstances implements ReportedKind {
  /** What hosts report at the same time is stored by one transaction. */
  readonly #sightings: Batcher<Sighting, void>;

  constructor(private readonly d: SavesDeps & { readonly db: Database; readonly work: PgWorkSource }) {
    this.#sightings = new Batcher(LARGEST_BATCH, (batch) =>
      d.db.write('system', async (tx) => {
        await observeInstances(d, tx, batch);
        return batch.map(() => undefined);
      }),
    );
  }

  observed(hostId: string, observed: agentV1.Observed): Promise<void> {
    return this.seen(hostId, observedInstance(observed));
  }

  seen(hostId: string, observed: agentV1.ObservedInstance): Promise<void> {
    return this.#sightings.add({ hostId, observed });
  }

  /** A host that comes back with an empty disk knows nothing of what it ran: that is ordered anew. */
  complete(hostId: string, since: bigint): Promise<void> {
    return this.d.db.write('system', async (tx) => {
      const forgotten = await instanceRepo.forgetSeen(tx, hostId, since);
      await this.d.work.enqueue(tx, 'instance', ...forgotten);
    });
  }
}
