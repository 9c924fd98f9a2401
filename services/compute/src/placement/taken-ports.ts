import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { hostPort } from '../instance/instance.schema';
import { takenPort } from './taken-port.schema';

/** Is it so short ago that a port was found taken that it is not given out? */
export const isRecent = sql`found_at > now() - interval '1 hour'`;

/** An instance that could not have a port on its host. */
export interface Stuck {
  readonly id: string;
  readonly hostId: string;
  readonly operationId: string;
  /** The host port that something else holds; undefined: any of the instance's may be it. */
  readonly takenPort: number | undefined;
}

/** Its ports of that number are not chosen on this host for a while. Answers with how many its operation has met. */
export async function rememberTaken(
  tx: Tx,
  { id, hostId, operationId, takenPort: port }: Stuck,
): Promise<number> {
  const { instanceId } = hostPort;
  const its = and(
    eq(instanceId, id),
    eq(hostPort.hostId, hostId),
    port ? eq(hostPort.port, port) : undefined,
  );
  const held = await tx.select().from(hostPort).where(its);
  await tx.delete(takenPort).where(sql`not ${isRecent}`);
  if (held.length > 0)
    await tx
      .insert(takenPort)
      .values(held.map(({ protocol, port }) => ({ hostId, protocol, port, operationId })))
      .onConflictDoUpdate({
        target: [takenPort.hostId, takenPort.protocol, takenPort.port],
        set: { operationId, foundAt: sql`now()` },
      });
  return tx.$count(takenPort, eq(takenPort.operationId, operationId));
}
