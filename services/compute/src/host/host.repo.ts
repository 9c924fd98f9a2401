import { and, desc, eq, inArray, isNull, lt, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { computeV1 } from '@thecloud/api';
import { named } from '@thecloud/service-kit';
import type { NameFilter, Page, Tx } from '@thecloud/service-kit';
import { MILLICORES_PER_VCPU } from '../instance-type/instance-type';
import type { InstanceSize } from '../instance-type/instance-type';
import type { Silence } from './host.plan';
import { host } from './host.schema';
import { removedHost } from './removed-host.schema';

export type HostRow = typeof host.$inferSelect;

/** What is empty narrows nothing. */
export interface HostFilter extends NameFilter {
  readonly state?: string;
  readonly cordoned?: boolean | undefined;
}

/** SQL of hosts. They belong to no project: callers use the system's scope. */
export const hostRepo = {
  async find(tx: Tx, id: string): Promise<HostRow | undefined> {
    const [found] = await tx.select().from(host).where(eq(host.id, id));
    return found;
  },

  async findAll(tx: Tx, ids: readonly string[]): Promise<HostRow[]> {
    return tx
      .select()
      .from(host)
      .where(inArray(host.id, [...ids]));
  },

  async list(tx: Tx, filter: HostFilter, page: Page): Promise<HostRow[]> {
    const { state, cordoned } = filter;
    return tx
      .select()
      .from(host)
      .where(
        and(
          ...named(host, filter),
          state ? eq(host.state, state as HostRow['state']) : undefined,
          cordoned === undefined ? undefined : eq(host.cordoned, cordoned),
          page.after ? lt(host.id, page.after) : undefined,
        ),
      )
      .orderBy(desc(host.id))
      .limit(page.size + 1);
  },

  /** The host of that name, made if there is none. */
  async announce(
    tx: Tx,
    row: { id: string; name: string; labels: Record<string, string> },
  ): Promise<HostRow> {
    const [made] = await tx
      .insert(host)
      .values(row)
      .onConflictDoUpdate({
        target: host.name,
        set: { labels: row.labels, version: sql`${host.version} + 1`, updatedAt: new Date() },
      })
      .returning();
    if (!made) throw new Error('an upsert returned nothing');
    return made;
  },

  /** Until the transaction ends nobody else makes or removes the host of this id. */
  async alone(tx: Tx, id: string): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`host ${id}`}, 0))`);
  },

  async wasRemoved(tx: Tx, id: string): Promise<boolean> {
    return (await tx.$count(removedHost, eq(removedHost.id, id))) > 0;
  },

  /** Was it removed, and identity has not been told yet? */
  async isToBeRevoked(tx: Tx, id: string): Promise<boolean> {
    return (await tx.$count(removedHost, and(eq(removedHost.id, id), isNull(removedHost.revokedAt)))) > 0;
  },

  async revoked(tx: Tx, id: string): Promise<void> {
    await tx.update(removedHost).set({ revokedAt: new Date() }).where(eq(removedHost.id, id));
  },

  /** The host that is reached there, if it is not the one of this id. */
  async othersEndpoint(tx: Tx, id: string, endpoint: string): Promise<HostRow | undefined> {
    const other = and(eq(host.agentEndpoint, endpoint), ne(host.id, id), ne(host.agentEndpoint, ''));
    return (await tx.select().from(host).where(other))[0];
  },

  /** That host is no longer reached there. */
  async giveUpEndpoint(tx: Tx, id: string, endpoint: string): Promise<void> {
    await tx
      .update(host)
      .set({ agentEndpoint: '', version: sql`${host.version} + 1` })
      .where(and(eq(host.id, id), eq(host.agentEndpoint, endpoint)));
  },

  /**
   * Its agent said hello: the host is ready with this inventory. A host nobody announced joins by its certificate.
   * Waits for whoever is moving an instance off it, and says whether it had been given up, and whether it had another
   * address.
   */
  async hello(
    tx: Tx,
    id: string,
    inventory: computeV1.HostInventory,
    fence: Pick<HostRow, 'fenceAfterMs' | 'unfencedDrivers'>,
  ): Promise<{ row: HostRow; wasLost: boolean; hasMoved: boolean }> {
    const [before] = await tx.select().from(host).where(eq(host.id, id)).for('update');
    const facts = {
      state: 'ready' as const,
      reason: '',
      message: '',
      hostname: inventory.hostname,
      address: inventory.address,
      agentEndpoint: inventory.agentEndpoint,
      agentVersion: inventory.agentVersion,
      driver: inventory.driver,
      driverVersion: inventory.driverVersion,
      kernel: inventory.kernel,
      architecture: inventory.architecture,
      // An agent of the version before counts whole ones.
      cpuMillicores: inventory.cpuMillicores || inventory.vcpus * MILLICORES_PER_VCPU,
      memoryMib: inventory.memoryMib,
      ...fence,
      suspectSince: null,
      lastSeenAt: sql`clock_timestamp()`,
    };
    const [row] = await tx
      .insert(host)
      .values({ id, name: freeName(inventory.hostname, id), ...facts })
      .onConflictDoUpdate({
        target: host.id,
        set: { ...facts, version: sql`${host.version} + 1`, updatedAt: new Date() },
      })
      .returning();
    if (!row) throw new Error('an upsert returned nothing');
    return {
      row,
      wasLost: before?.state === 'dead',
      hasMoved: before !== undefined && before.address !== row.address,
    };
  },

  /** Writes only what differs, so that a beat of a healthy host costs a read. The row if it did. */
  async setState(
    tx: Tx,
    id: string,
    state: HostRow['state'],
    reason: string,
    message: string,
  ): Promise<HostRow | undefined> {
    const [changed] = await tx
      .update(host)
      .set({ state, reason, message, version: sql`${host.version} + 1`, updatedAt: new Date() })
      .where(
        and(
          eq(host.id, id),
          sql`(${host.state}, ${host.reason}, ${host.message}) is distinct from (${state}, ${reason}, ${message})`,
        ),
      )
      .returning();
    return changed;
  },

  /**
   * Its agent beat; what follows from silence counts from here. False for a dead host: it must say hello first, because
   * what it ran may run elsewhere by now. Otherwise the row, if the beat changed its state.
   */
  async heard(
    tx: Tx,
    id: string,
    problem: string,
    facts: Pick<HostRow, 'fenceAfterMs' | 'certificateEndsAt'> & {
      readonly clockOffsetMs: number | undefined;
    },
  ): Promise<{ changed: HostRow | undefined } | false> {
    const heard = await tx
      .update(host)
      .set({ lastSeenAt: sql`clock_timestamp()`, suspectSince: null, ...facts })
      .where(and(eq(host.id, id), ne(host.state, 'dead')))
      .returning({ id: host.id });
    if (heard.length === 0) return false;
    return {
      changed: await hostRepo.setState(tx, id, 'ready', problem ? 'DRIVER_UNAVAILABLE' : '', problem),
    };
  },

  /** Is there another host that could take over this one's instances, now or soon? */
  async hasRefuge(tx: Tx, id: string): Promise<boolean> {
    const other = and(ne(host.id, id), eq(host.cordoned, false), inArray(host.state, ['ready', 'suspect']));
    return (await tx.$count(host, other)) > 0;
  },

  /**
   * Notes that its lease is gone, and since when. Undefined if it was heard within the last `leaseSeconds` all the same
   * (by a replica that could not tell etcd), or has been given up.
   */
  async silence(tx: Tx, id: string, leaseSeconds: number): Promise<Omit<Silence, 'fenceMs'> | undefined> {
    const [row] = await tx
      .update(host)
      .set({ state: 'suspect', suspectSince: sql`coalesce(${host.suspectSince}, clock_timestamp())` })
      .where(
        and(
          eq(host.id, id),
          inArray(host.state, ['ready', 'suspect']),
          sql`coalesce(${host.lastSeenAt} < clock_timestamp() - ${leaseSeconds} * interval '1 second', true)`,
        ),
      )
      .returning({
        fenceAfterMs: host.fenceAfterMs,
        silentMs: sql<number>`(extract(epoch from clock_timestamp() - ${host.suspectSince}) * 1000)::float8`,
      });
    if (!row) return undefined;
    const [counted] = await tx
      .select({
        hosts: sql<number>`count(*)::int`,
        silentHosts: sql<number>`count(*) filter (where ${host.state} in ('suspect', 'dead'))::int`,
      })
      .from(host)
      .where(ne(host.state, 'joining'));
    return { ...row, hosts: counted?.hosts ?? 0, silentHosts: counted?.silentHosts ?? 0 };
  },

  /** Has it been given up? True holds until the transaction ends: its agent's hello waits. */
  async isLost(tx: Tx, id: string): Promise<boolean> {
    const [row] = await tx.select({ state: host.state }).from(host).where(eq(host.id, id)).for('update');
    return row?.state === 'dead';
  },

  async cordon(tx: Tx, id: string, cordoned: boolean): Promise<HostRow | undefined> {
    const [changed] = await tx
      .update(host)
      .set({ cordoned, version: sql`${host.version} + 1`, updatedAt: new Date() })
      .where(eq(host.id, id))
      .returning();
    return changed;
  },

  /** The largest that could be promised on any one host that has joined. */
  async largest(tx: Tx): Promise<InstanceSize | undefined> {
    const [row] = await tx
      .select({
        cpuMillicores: sql<number | null>`max(${host.cpuMillicores})`,
        memoryMib: sql<number | null>`max(${host.memoryMib})`,
      })
      .from(host)
      .where(ne(host.state, 'joining'));
    const { cpuMillicores, memoryMib } = row ?? {};
    return cpuMillicores && memoryMib ? { cpuMillicores, memoryMib } : undefined;
  },
};

/** A host that nobody announced is called what it calls itself; if that is taken or no name, it is called by its id. */
function freeName(hostname: string, id: string): SQL | string {
  const name = (hostname.split('.')[0] ?? '').toLowerCase().replace(/[^a-z0-9-]/g, '-');
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return id;
  return sql`case when exists (select from ${host} taken where taken.name = ${name}) then ${id} else ${name} end`;
}
