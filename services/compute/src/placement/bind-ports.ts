import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import type { PublishedPort } from '../instance/instance';
import { hostPort } from '../instance/instance.schema';
import { CHOOSABLE, FIRST_CHOSEN, LAST_CHOSEN } from './port-range';
import { takenPort } from './taken-port.schema';
import { isRecent } from './taken-ports';

/**
 * Reserves an instance's ports on a host, in the caller's transaction; what it has there already and still wants, it keeps,
 * save those that the cloud chose and that were found to be taken.
 * Answers with the first port that another instance holds (0: none is left to choose), and then the transaction must not commit.
 */
export async function bindPorts(
  tx: Tx,
  hostId: string,
  instanceId: string,
  ports: readonly PublishedPort[],
): Promise<number | undefined> {
  const mine = await tx
    .select({ ...getTableColumns(hostPort), taken: isTaken })
    .from(hostPort)
    .where(and(eq(hostPort.instanceId, instanceId), eq(hostPort.hostId, hostId)));
  const keeps = (p: PublishedPort, row: (typeof mine)[number]) =>
    row.containerPort === p.containerPort &&
    row.protocol === p.protocol &&
    (p.hostPort === 0 ? !row.taken : p.hostPort === row.port);
  for (const row of mine.filter((row) => !ports.some((p) => keeps(p, row)))) {
    await tx
      .delete(hostPort)
      .where(
        and(eq(hostPort.hostId, hostId), eq(hostPort.protocol, row.protocol), eq(hostPort.port, row.port)),
      );
  }
  const missing = ports.filter((p) => !mine.some((row) => keeps(p, row)));
  // Those it insists on first, so that none of them is chosen for another of its own.
  for (const port of missing.toSorted((a, b) => b.hostPort - a.hostPort)) {
    const { protocol, containerPort } = port;
    const free = port.hostPort || (await chooseFree(tx, hostId, protocol, containerPort));
    if (free === 0) return free;
    const taken = await tx
      .insert(hostPort)
      .values({ hostId, protocol, port: free, instanceId, containerPort })
      .onConflictDoNothing()
      .returning();
    if (taken.length === 0) return free;
  }
  return undefined;
}

/** Was something else found to hold it? */
const isTaken = sql<boolean>`exists (select from ${takenPort} t
  where t.host_id = ${hostPort}.host_id and t.protocol = ${hostPort}.protocol and t.port = ${hostPort}.port and ${isRecent})`;

/** A free one, spread by chance so that concurrent choices seldom meet. 0 when there is none. */
async function chooseFree(tx: Tx, hostId: string, protocol: string, containerPort: number): Promise<number> {
  const start = FIRST_CHOSEN + ((containerPort * 31 + Math.floor(Math.random() * CHOOSABLE)) % CHOOSABLE);
  const found = await tx.execute<{ port: number }>(sql`
    select p.port from generate_series(${FIRST_CHOSEN}::int, ${LAST_CHOSEN}::int) as p(port)
     where not exists (select from ${hostPort} where host_id = ${hostId} and protocol = ${protocol} and port = p.port)
       and not exists (select from ${takenPort} where host_id = ${hostId} and protocol = ${protocol} and port = p.port and ${isRecent})
     order by (p.port < ${start}), p.port limit 1`);
  return found.rows[0]?.port ?? 0;
}
