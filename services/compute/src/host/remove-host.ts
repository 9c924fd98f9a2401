import { asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { instance } from '../instance/instance.schema';
import { hostReport } from '../kit.schema';
import { takenPort } from '../placement/taken-port.schema';
import type { HostChanged } from './host.changes';
import { hostRepo } from './host.repo';
import type { HostRow } from './host.repo';
import { host } from './host.schema';
import { removedHost } from './removed-host.schema';

/** Instances named in a refusal. */
const NAMED = 5;

/** Removes a host that carries nothing; its agent is refused from this transaction on. HOST_NOT_FOUND, HOST_NOT_EMPTY. */
export async function removeHost(tx: Tx, id: string, changed: HostChanged): Promise<HostRow> {
  await hostRepo.alone(tx, id);
  const [row] = await tx.select().from(host).where(eq(host.id, id)).for('update');
  if (!row) throw errors.HOST_NOT_FOUND({ id });
  const carried = await tx
    .select({ name: instance.name, count: sql<number>`(count(*) over ())::int` })
    .from(instance)
    .where(eq(instance.hostId, id))
    .orderBy(asc(instance.id))
    .limit(NAMED);
  const [first] = carried;
  if (first)
    throw errors.HOST_NOT_EMPTY({
      name: row.name,
      count: String(first.count),
      carried: list(carried, first.count),
    });
  await tx.delete(takenPort).where(eq(takenPort.hostId, id));
  await tx.delete(hostReport).where(eq(hostReport.hostId, id));
  await tx.delete(host).where(eq(host.id, id));
  await tx.insert(removedHost).values({ id });
  const gone: HostRow = { ...row, state: 'removed', reason: '', message: '', version: row.version + 1 };
  changed(tx, gone);
  return gone;
}

const list = (carried: ReadonlyArray<{ name: string }>, count: number): string =>
  carried.map(({ name }) => name).join(', ') + (count > carried.length ? ', …' : '');
