import { and, eq, lt, sql } from 'drizzle-orm';
import type { agentV1 } from '@thecloud/api';
import type { Tx } from '@thecloud/service-kit';
import type { Seen } from './instance';
import { instance } from './instance.schema';

/**
 * Stores what a host reports of an instance that is placed on it. Older reports than the newest stored change nothing.
 * True if it was news.
 */
export async function observeInstance(
  tx: Tx,
  hostId: string,
  observed: agentV1.ObservedInstance,
): Promise<boolean> {
  const sequence = Number(observed.sequence);
  const news = await tx
    .update(instance)
    .set({
      seen: toSeen(observed),
      seenSequence: sequence,
      version: sql`${instance.version} + 1`,
      updatedAt: new Date(),
    })
    .where(
      and(
        eq(instance.id, observed.instanceId),
        eq(instance.hostId, hostId),
        lt(instance.seenSequence, sequence),
      ),
    )
    .returning({ id: instance.id });
  return news.length === 1;
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
