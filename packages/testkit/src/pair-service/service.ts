import { join } from 'node:path';
import { inArray } from 'drizzle-orm';
import { computeV1 } from '@thecloud/api';
import { ChildSweep, createClient, delegated, layFoundation, serve } from '@thecloud/service-kit';
import type { ChildKind, EventConsumer, Foundation, Served, ServiceConfig } from '@thecloud/service-kit';
import { PairController } from './pair.controller';
import type { Instances } from './pair.controller';
import { pairChild, pairWake, SERVICE, tables } from './pair.schema';
import { pairWishes } from './pair.wishes';

export const pairMigrations = join(__dirname, '../../migrations');

const CALL_MS = 10_000;

/** The smallest service above another: its pairs own instances of compute. */
export async function startPairService(config: ServiceConfig) {
  const f = await layFoundation({ service: SERVICE, config, tables });
  const instances = createClient(computeV1.OwnedInstanceServiceClient, {
    target: 'thecloud:///compute',
    credentials: f.certificates.channelCredentials(),
    serverKind: 'compute',
  });
  const served = await serve(f, {
    address: '127.0.0.1:0',
    services: [],
    reconcilers: [new PairController(f, instances), new ChildSweep(childKind(f, instances), f.log, 5_000)],
    consumers: [childChanges(f)],
  });
  const close = async () => {
    await served.close();
    instances.close();
  };
  return { ...served, close, wishes: pairWishes(f) } satisfies Served & { wishes: unknown };
}

/** A change of an instance that a pair owns has the pair looked at. */
const childChanges = (f: Foundation): EventConsumer => ({
  name: 'instance-changes',
  wants: ({ type, data }) => type === 'thecloud.instance.changed' && ownerIn(data)?.service === SERVICE,
  effect: async (tx, { id: eventId, data }) => {
    const pairId = ownerIn(data)?.id ?? '';
    await tx.insert(pairWake).values({ eventId, pairId });
    await f.work.enqueue(tx, 'pair', pairId);
  },
});

const ownerIn = (data: Readonly<Record<string, unknown>>) =>
  data['owner'] as { service: string; id: string } | undefined;

const childKind = (f: Foundation, instances: Instances): ChildKind => ({
  kind: 'instance',
  list: async (pageToken, signal) => {
    const page = await instances.listOwnedInstances(
      { pageSize: 100, pageToken },
      { timeoutMs: CALL_MS, signal },
    );
    return { children: page.instances, next: page.nextPageToken };
  },
  wished: async (ids) => {
    const rows = await f.db.read('system', (tx) =>
      tx
        .select({ id: pairChild.id })
        .from(pairChild)
        .where(inArray(pairChild.id, [...ids])),
    );
    return new Set(rows.map(({ id }) => id));
  },
  orphans: 'remove',
  remove: async ({ id, projectId, ownerId }, signal) => {
    const why = { projectId, operationId: ownerId, requestedBy: SERVICE };
    await delegated(instances, why).deleteOwnedInstance({ id, ownerId }, { timeoutMs: CALL_MS, signal });
  },
});
