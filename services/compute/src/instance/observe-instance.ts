import { sql } from 'drizzle-orm';
import type { agentV1 } from '@thecloud/api';
import { deferUntilCommit, oneOf, prepared, rowsOf, statement } from '@thecloud/service-kit';
import type { OperationChange, StoredStep, Tx } from '@thecloud/service-kit';
import { host } from '../host/host.schema';
import { tables } from '../kit.schema';
import type { Seen } from './instance';
import { isFenced, LOOK_AGAIN_MS, plan, ranForMs } from './instance.plan';
import type { Plan } from './instance.plan';
import type { InstanceRow } from './instance.repo';
import type { SavesDeps } from './instance.saves';
import { instance } from './instance.schema';
import { statusChange } from './instance.status';
import type { StatusChange } from './instance.status';

/** What a host reports of an instance. */
export interface Sighting {
  readonly hostId: string;
  readonly observed: agentV1.ObservedInstance;
}

interface Locked {
  readonly row: InstanceRow;
  readonly hostLost: boolean;
  /** Of its host. */
  readonly unfencedDrivers: string[] | null;
  readonly step: StoredStep | null;
}

/** An instance of which there is news, as it is then. */
interface News {
  readonly row: InstanceRow;
  readonly next: Plan;
  readonly change?: StatusChange;
  /** Its operation's last step. */
  readonly step: StoredStep | null;
}

/**
 * Stores what hosts report of instances that are placed on them. Older reports than the newest stored change nothing.
 * Where the report says how the instance stands and nobody has to be ordered anything, that is told by the same
 * transaction (its lock is why no leader is needed for it); all else is the controller's.
 */
export async function observeInstances(d: SavesDeps, tx: Tx, sightings: readonly Sighting[]): Promise<void> {
  const ids = [...new Set(sightings.map(({ observed }) => observed.instanceId))];
  if (ids.length === 0) return;
  const locked = await lockSeen(tx).execute({ ids });
  const news = locked.flatMap((one) => newsOf(one, sightings) ?? []);
  if (news.length === 0) return;
  deferUntilCommit(
    tx,
    saveSeen(tx, {
      rows: JSON.stringify(news.map(({ row }) => toSave(row))),
      ids: news.map(({ row }) => row.id),
    }),
    wake(d, tx, news),
  );
  await d.operations.advance(
    tx,
    news.flatMap(({ change, step }) => {
      const { operation } = change ?? {};
      return operation && !saysAlready(step, operation) ? [operation] : [];
    }),
  );
  for (const { row, change } of news) (change?.eventful ? d.changed : d.hint)(tx, row);
}

const hostLost =
  sql<boolean>`exists (select from ${host} h where h.id = ${instance}.host_id and h.state = 'dead')`.as(
    'host_lost',
  );

const unfencedDrivers = sql<
  string[] | null
>`(select h.unfenced_drivers from ${host} h where h.id = ${instance}.host_id)`.as('unfenced_drivers');

const step =
  sql<StoredStep | null>`(select o.steps -> -1 from ${tables.operation} o where o.id = ${instance}.operation_id)`.as(
    'step',
  );

const lockSeen = prepared((tx) =>
  tx
    .select({ row: instance, hostLost, unfencedDrivers, step })
    .from(instance)
    .where(sql`${instance.id} = any(${sql.placeholder('ids')}::text[])`)
    .orderBy(instance.id)
    .for('update')
    .prepare('instance_lock_seen'),
);

const saveSeen = statement(
  'instance_save_seen',
  () => sql`
    update ${instance} i set seen = a.seen, seen_sequence = a."seenSequence", state = a.state, reason = a.reason,
           message = a.message, observed_generation = a."observedGeneration", version = a.version, updated_at = now()
      from jsonb_to_recordset(${rowsOf('rows')})
           as a(id text, seen jsonb, "seenSequence" bigint, state text, reason text, message text, "observedGeneration" int, version int)
     where i.id = a.id and ${oneOf('i.id', 'ids')}`,
);

/** The columns of it that a report may change. */
function toSave(row: InstanceRow): object {
  const { id, version, seen, seenSequence, state, reason, message, observedGeneration } = row;
  return { id, version, seen, seenSequence, state, reason, message, observedGeneration };
}

/** Undefined: nothing new was said of it by the host that it is placed on. */
function newsOf(
  { row, hostLost, unfencedDrivers, step }: Locked,
  sightings: readonly Sighting[],
): News | undefined {
  let newest: agentV1.ObservedInstance | undefined;
  let seenSequence = row.seenSequence;
  for (const { hostId, observed } of sightings)
    if (observed.instanceId === row.id && hostId === row.hostId && Number(observed.sequence) > seenSequence)
      [newest, seenSequence] = [observed, Number(observed.sequence)];
  if (!newest) return undefined;
  const seen = toSeen(newest);
  const seenRow = { ...row, seen, seenSequence, version: row.version + 1, updatedAt: new Date() };
  const next = plan({
    ...seenRow,
    hostLost,
    isFenced: isFenced(seenRow, unfencedDrivers),
    ranForMs: ranForMs(seenRow),
  });
  const change = next.action === 'none' ? statusChange(seenRow, next) : undefined;
  return { row: { ...seenRow, ...change?.status }, next, step, ...(change ? { change } : {}) };
}

/** Most launches run when `start` was their step all along: that needs no statement. */
const saysAlready = (last: StoredStep | null, { step, message = '', outcome }: OperationChange) =>
  outcome === undefined && last?.name === step && last?.message === message;

/** What is not at its end is looked at again: at once, if something is to be done. */
function wake({ work }: SavesDeps, tx: Tx, news: readonly News[]): Promise<unknown> {
  const now = news.filter(({ next }) => next.action !== 'none').map(({ row }) => row.id);
  const later = news
    .filter(({ next }) => next.action === 'none' && next.step)
    .map(({ row, next }) => ({ key: row.id, afterMs: next.lookAgainMs ?? LOOK_AGAIN_MS }));
  return Promise.all([work.enqueue(tx, 'instance', ...now), work.enqueueLater(tx, 'instance', later)]);
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
    ...(o.driver ? { driver: o.driver } : {}),
    ...(o.problemPort ? { problemPort: o.problemPort } : {}),
    ...(o.startedAt ? { startedAt: o.startedAt.toISOString() } : {}),
  };
}
