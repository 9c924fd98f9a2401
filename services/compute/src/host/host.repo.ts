import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { computeV1 } from '@thecloud/api';
import type { Page, Tx } from '@thecloud/service-kit';
import { host } from './host.schema';

export type HostRow = typeof host.$inferSelect;

/** SQL of hosts. They belong to no project: callers use the system's scope. */
export const hostRepo = {
  async find(tx: Tx, id: string): Promise<HostRow | undefined> {
    const [found] = await tx.select().from(host).where(eq(host.id, id));
    return found;
  },

  async list(tx: Tx, page: Page): Promise<HostRow[]> {
    return tx
      .select()
      .from(host)
      .where(page.after ? lt(host.id, page.after) : undefined)
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
        set: { labels: row.labels, version: sql`${host.version} + 1` },
      })
      .returning();
    if (!made) throw new Error('an upsert returned nothing');
    return made;
  },

  /** Its agent said hello: the host is ready with this inventory. A host nobody announced joins by its certificate. */
  async hello(tx: Tx, id: string, inventory: computeV1.HostInventory): Promise<void> {
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
      vcpus: inventory.vcpus,
      memoryMib: inventory.memoryMib,
      lastSeenAt: new Date(),
    };
    await tx
      .insert(host)
      .values({ id, name: freeName(inventory.hostname, id), ...facts })
      .onConflictDoUpdate({
        target: host.id,
        set: { ...facts, version: sql`${host.version} + 1`, updatedAt: new Date() },
      });
  },

  /** Writes only what differs, so that a beat of a healthy host costs a read. True if it did. */
  async setState(
    tx: Tx,
    id: string,
    state: HostRow['state'],
    reason: string,
    message: string,
  ): Promise<boolean> {
    const changed = await tx
      .update(host)
      .set({ state, reason, message, version: sql`${host.version} + 1`, updatedAt: new Date() })
      .where(
        and(
          eq(host.id, id),
          sql`(${host.state}, ${host.reason}, ${host.message}) is distinct from (${state}, ${reason}, ${message})`,
        ),
      )
      .returning({ id: host.id });
    return changed.length === 1;
  },

  async seen(tx: Tx, id: string): Promise<void> {
    await tx.update(host).set({ lastSeenAt: new Date() }).where(eq(host.id, id));
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
  async largest(tx: Tx): Promise<{ vcpus: number; memoryMib: number } | undefined> {
    const [row] = await tx
      .select({
        vcpus: sql<number | null>`max(${host.vcpus})`,
        memoryMib: sql<number | null>`max(${host.memoryMib})`,
      })
      .from(host)
      .where(ne(host.state, 'joining'));
    return row?.vcpus && row.memoryMib ? { vcpus: row.vcpus, memoryMib: row.memoryMib } : undefined;
  },
};

/** A host that nobody announced is called what it calls itself; if that is taken or no name, it is called by its id. */
function freeName(hostname: string, id: string): SQL | string {
  const name = (hostname.split('.')[0] ?? '').toLowerCase().replace(/[^a-z0-9-]/g, '-');
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return id;
  return sql`case when exists (select from ${host} taken where taken.name = ${name}) then ${id} else ${name} end`;
}
