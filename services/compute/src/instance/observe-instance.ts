import { sql } from 'drizzle-orm';
import type { agentV1 } from '@thecloud/api';
import type { Tx } from '@thecloud/service-kit';
import type { Seen } from './instance';
import { instance } from './instance.schema';

/** What a host reports of an instance. */
export interface Sighting {
  readonly hostId: string;
  readonly observed: agentV1.ObservedInstance;
}

/**
 * Stores what hosts report of instances that are placed on them, all by one statement. Older reports than the newest
 * stored change nothing. Answers with those of which it was news.
 */
export async function observeInstances(
  tx: Tx,
  sightings: readonly Sighting[],
): Promise<Array<{ id: string; projectId: string }>> {
  if (sightings.length === 0) return [];
  const rows = sightings.map(({ hostId, observed }) => ({
    id: observed.instanceId,
    host_id: hostId,
    sequence: String(observed.sequence),
    seen: toSeen(observed),
  }));
  const news = await tx.execute<{ id: string; projectId: string }>(sql`
    with newest as (
      select distinct on (id, host_id) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
             as o(id text, host_id text, sequence bigint, seen jsonb)
       order by id, host_id, sequence desc),
    found as (
      select i.id, n.sequence, n.seen from newest n join ${instance} i on i.id = n.id and i.host_id = n.host_id
       where i.seen_sequence < n.sequence order by i.id for update of i)
    update ${instance} i set seen = f.seen, seen_sequence = f.sequence, version = i.version + 1, updated_at = now()
      from found f where i.id = f.id
    returning i.id, i.project_id as "projectId"`);
  return news.rows;
}

function toSeen(o: agentV1.ObservedInstance): Seen {
  return {
    generation: o.generation,
    phase: o.phase as Seen['phase'],
    exitCode: o.exitCode,
    restartCount: o.restartCount,
    problemReason: o.problemReason,
    problemMessage: o.problemMessage,
    progress: o.progress,
    ...(o.startedAt ? { startedAt: o.startedAt.toISOString() } : {}),
  };
}
