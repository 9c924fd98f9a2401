import { sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import type { Protocol, PublishedPort } from '../instance/instance';
import { hostPort } from '../instance/instance.schema';
import { takenPort } from './taken-port.schema';
import { isRecent } from './taken-ports';

/** The ports of each host and protocol that the cloud chooses from when the caller leaves it the choice. */
export const FIRST_CHOSEN = 20_000;
export const LAST_CHOSEN = 29_999;
export const CHOOSABLE = LAST_CHOSEN - FIRST_CHOSEN + 1;

/** How many ports of the range an instance takes: chosen for it, and named by itself. */
export interface RangeUse {
  readonly protocol: Protocol;
  readonly chosen: number;
  readonly named: number;
}

export function rangeUse(ports: readonly PublishedPort[]): RangeUse[] {
  const use = (protocol: Protocol) => {
    const its = ports.filter((p) => p.protocol === protocol);
    return {
      protocol,
      chosen: its.filter(({ hostPort }) => hostPort === 0).length,
      named: its.filter(({ hostPort }) => hostPort >= FIRST_CHOSEN && hostPort <= LAST_CHOSEN).length,
    };
  };
  return PROTOCOLS.map(use).filter(({ chosen, named }) => chosen + named > 0);
}

const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp'];

/** How many ports of the range are left to choose on a host. */
export type PortsLeft = (hostId: string) => Readonly<Record<Protocol, number>>;

/** Neither reserved for an instance, nor lately found to be held by something else. */
export async function portsLeft(tx: Tx): Promise<PortsLeft> {
  const inRange = sql`port between ${FIRST_CHOSEN}::int and ${LAST_CHOSEN}::int`;
  const { rows } = await tx.execute<{ host_id: string; protocol: Protocol; used: number }>(sql`
    select host_id, protocol, count(*)::int as used from (
      select host_id, protocol from ${hostPort} where ${inRange}
      union all
      select host_id, protocol from ${takenPort} t where ${inRange} and ${isRecent} and not exists (
        select from ${hostPort} p where p.host_id = t.host_id and p.protocol = t.protocol and p.port = t.port)) u
     group by host_id, protocol`);
  const used = new Map(rows.map((row) => [`${row.protocol} ${row.host_id}`, row.used]));
  const left = (protocol: Protocol, hostId: string) => CHOOSABLE - (used.get(`${protocol} ${hostId}`) ?? 0);
  return (hostId) => ({ tcp: left('tcp', hostId), udp: left('udp', hostId) });
}
