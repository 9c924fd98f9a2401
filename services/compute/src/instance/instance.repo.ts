import { and, desc, eq, getTableColumns, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { batched, insertRows, named, onlyRow, prepared, refuseTaken } from '@thecloud/service-kit';
import type { NameFilter, Page, RowVersion, TakenErrors, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { HostState } from '../host/host';
import { host } from '../host/host.schema';
import type { BoundPort, Protocol } from './instance';
import { hostPort, instance } from './instance.schema';

export type InstanceRow = typeof instance.$inferSelect;
/** An instance with the ports it has on its host, and that host's address. */
export type BoundInstance = InstanceRow & { readonly bound: BoundPort[] };
/** As it is read. */
export type InstanceView = BoundInstance & RowVersion;

/** What the controller decides from: an instance, and how the host stands that it is placed on. */
export interface Look {
  readonly row: BoundInstance;
  readonly host?: {
    readonly id: string;
    readonly state: HostState;
    readonly agentEndpoint: string;
    readonly unfencedDrivers: string[];
  };
}

/** What is empty narrows nothing. */
export interface InstanceFilter extends NameFilter {
  readonly state?: string;
  readonly type?: string;
  /** Any of these. */
  readonly imageIds?: readonly string[] | undefined;
  readonly hostId?: string;
}

/** In the same statement as the instance: a list is one round trip. (drizzle would leave the table away from ${instance.id}.) */
const bound = sql<BoundPort[]>`coalesce((
  select jsonb_agg(jsonb_build_object('containerPort', p.container_port, 'hostPort', p.port, 'protocol', p.protocol, 'address', h.address) order by p.port)
    from ${hostPort} p join ${host} h on h.id = p.host_id where p.instance_id = ${instance}.id), '[]'::jsonb)`.as(
  'bound',
);

/** (drizzle would leave the table away here as well.) */
const xmin = sql<string>`${instance}.xmin::text`.as('xmin');

const view = (tx: Tx) => tx.select({ row: instance, bound, xmin }).from(instance);
const merged = ({ row, ...more }: { row: InstanceRow; bound: BoundPort[]; xmin: string }): InstanceView => ({
  ...row,
  ...more,
});

const anyOfIds = sql`${instance.id} = any(${sql.placeholder('ids')}::text[])`;

const byIds = prepared((tx) => view(tx).where(anyOfIds).prepare('instances_by_id'));

const versions = (tx: Tx) => tx.select({ id: instance.id, xmin }).from(instance);
const versionsById = prepared((tx) => versions(tx).where(anyOfIds).prepare('instance_versions'));

const looks = prepared((tx) => {
  const { id, state, agentEndpoint, unfencedDrivers } = host;
  return tx
    .select({ row: instance, bound, xmin, host: { id, state, agentEndpoint, unfencedDrivers } })
    .from(instance)
    .leftJoin(host, eq(host.id, instance.hostId))
    .where(anyOfIds)
    .prepare('instance_look');
});

const insert = insertRows(
  'instance_insert',
  () => instance,
  Object.keys(getTableColumns(instance)) as (keyof InstanceRow)[],
);

/** Pages of all that a project has, newest first. */
const pages = prepared((tx) => {
  const page = (name: string, after?: SQL) =>
    versions(tx)
      .where(and(eq(instance.projectId, sql.placeholder('projectId')), after))
      .orderBy(desc(instance.id))
      .limit(sql.placeholder('limit'))
      .prepare(name);
  return {
    first: page('instance_page'),
    next: page('instance_next_page', lt(instance.id, sql.placeholder('after'))),
  };
});

const wanted = (filter: InstanceFilter, page: Page, projectId?: string): SQL | undefined => {
  const { state, type, imageIds, hostId } = filter;
  return and(
    projectId === undefined ? undefined : eq(instance.projectId, projectId),
    ...named(instance, filter),
    state ? eq(instance.state, state as InstanceRow['state']) : undefined,
    type ? eq(instance.type, type) : undefined,
    imageIds ? inArray(instance.imageId, [...imageIds]) : undefined,
    hostId ? eq(instance.hostId, hostId) : undefined,
    page.after ? lt(instance.id, page.after) : undefined,
  );
};

/** SQL of instances. Every method takes the caller's transaction; row-level security confines it to his project. */
export const instanceRepo = {
  /** ALREADY_EXISTS INSTANCE_NAME_TAKEN. */
  insert(tx: Tx, row: InstanceRow): Promise<void> {
    return refuseTaken(insert(tx, row), taken(row.name));
  },

  find: batched(async (tx, ids: readonly string[]): Promise<(InstanceView | undefined)[]> => {
    const found = await instanceRepo.findAll(tx, ids);
    const byId = new Map(found.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  }),

  /** Those that a service owns, in all projects. Only in the system's scope are that all of them. */
  async ownedBy(tx: Tx, ownerService: string, page: Page) {
    const { id, projectId, ownerId } = instance;
    return tx
      .select({ id, projectId, ownerId })
      .from(instance)
      .where(and(eq(instance.ownerService, ownerService), page.after ? lt(id, page.after) : undefined))
      .orderBy(desc(id))
      .limit(page.size + 1);
  },

  /** In the ids' order; undefined for one that does not exist. */
  async look(tx: Tx, ids: readonly string[]): Promise<Array<Look | undefined>> {
    const rows = await looks(tx).execute({ ids });
    const found = new Map(
      rows.map(({ host, ...one }) => [one.row.id, { row: merged(one), ...(host ? { host } : {}) }]),
    );
    return ids.map((id) => found.get(id));
  },

  async findAll(tx: Tx, ids: readonly string[]): Promise<InstanceView[]> {
    return (await byIds(tx).execute({ ids })).map(merged);
  },

  /** Whether any instance is being deleted that still has its room on a host. */
  async isAnyLeaving(tx: Tx): Promise<boolean> {
    const leaving = and(eq(instance.state, 'deleting'), isNotNull(instance.hostId));
    return (await tx.select({ id: instance.id }).from(instance).where(leaving).limit(1)).length > 0;
  },

  /** For a change: holds the row until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<InstanceRow | undefined> {
    const [found] = await tx.select().from(instance).where(eq(instance.id, id)).for('update');
    return found;
  },

  /** Which there are, and in which version. In the ids' order; undefined for one that does not exist. */
  version: batched(async (tx, ids: readonly string[]): Promise<(RowVersion | undefined)[]> => {
    const found = await versionsById(tx).execute({ ids });
    const byId = new Map(found.map((version) => [version.id, version]));
    return ids.map((id) => byId.get(id));
  }),

  /** The same of a page of all that a project has. */
  pageOfVersions(tx: Tx, projectId: string, { size, after }: Page): Promise<RowVersion[]> {
    const { first, next } = pages(tx);
    const limit = size + 1;
    return after === undefined
      ? first.execute({ projectId, limit })
      : next.execute({ projectId, limit, after });
  },

  /** The same of a page of those that a filter lets through. */
  versionsOf(tx: Tx, projectId: string, filter: InstanceFilter, page: Page): Promise<RowVersion[]> {
    return versions(tx)
      .where(wanted(filter, page, projectId))
      .orderBy(desc(instance.id))
      .limit(page.size + 1);
  },

  /** The same of those on a host, of whatever project. Only in the system's scope are that all of them. */
  versionsOn(
    tx: Tx,
    { projectId, ...filter }: InstanceFilter & { readonly projectId?: string },
    page: Page,
  ): Promise<RowVersion[]> {
    return versions(tx)
      .where(wanted(filter, page, projectId || undefined))
      .orderBy(desc(instance.id))
      .limit(page.size + 1);
  },

  async list(tx: Tx, projectId: string, filter: InstanceFilter, page: Page): Promise<InstanceView[]> {
    const rows = await view(tx)
      .where(wanted(filter, page, projectId))
      .orderBy(desc(instance.id))
      .limit(page.size + 1);
    return rows.map(merged);
  },

  /** Writes a change of a locked row and counts it. */
  async update(tx: Tx, id: string, change: Partial<typeof instance.$inferInsert>): Promise<InstanceRow> {
    const written = tx
      .update(instance)
      .set({ ...change, version: sql`${instance.version} + 1`, updatedAt: new Date() })
      .where(eq(instance.id, id))
      .returning();
    return onlyRow(await refuseTaken(written, taken(change.name ?? '')));
  },

  /** Something changed that is told of these and does not stand in their rows. */
  async countChange(tx: Tx, ids: readonly string[]): Promise<void> {
    await tx
      .update(instance)
      .set({ version: sql`${instance.version} + 1`, updatedAt: new Date() })
      .where(sql`${instance.id} = any(${sql.param([...ids])}::text[])`);
  },

  /** The row and its ports, and what it took of its host. */
  async purge(tx: Tx, row: InstanceRow): Promise<void> {
    await tx.delete(hostPort).where(eq(hostPort.instanceId, row.id));
    await tx.delete(instance).where(eq(instance.id, row.id));
  },

  /** All that is placed on a host. */
  async idsOn(tx: Tx, hostId: string): Promise<string[]> {
    const rows = await tx.select({ id: instance.id }).from(instance).where(eq(instance.hostId, hostId));
    return rows.map((row) => row.id);
  },

  /** What was last seen on this host, save of these, is known no more: whatever ran there has to be asked for again. */
  async forgetSeen(tx: Tx, hostId: string, since: bigint): Promise<string[]> {
    const before = sql`${instance.seenSequence} < ${String(since)}::bigint`;
    const rows = await tx
      .update(instance)
      .set({ seen: null, version: sql`${instance.version} + 1` })
      .where(and(eq(instance.hostId, hostId), isNotNull(instance.seen), before))
      .returning({ id: instance.id });
    return rows.map((row) => row.id);
  },

  /** Of all projects, whichever asks. */
  async countByImage(tx: Tx, imageId: string): Promise<number> {
    const { rows } = await tx.execute<{ users: number }>(
      sql`select compute.image_users(${imageId})::int as users`,
    );
    return onlyRow(rows).users;
  },

  /** Which of these host ports no schedulable host has free. */
  async portsTakenEverywhere(
    tx: Tx,
    ports: ReadonlyArray<{ port: number; protocol: Protocol }>,
  ): Promise<number[]> {
    if (ports.length === 0) return [];
    const rows = await tx.execute<{ port: number }>(sql`
      select p.port from ${hostPort} p join ${host} h on h.id = p.host_id
       where (p.port, p.protocol) in (${sql.join(
         ports.map((p) => sql`(${p.port}::int, ${p.protocol}::text)`),
         sql`, `,
       )})
       group by p.port, p.protocol
      having count(distinct p.host_id) >= (select count(*) from ${host} where state <> 'joining')`);
    return rows.rows.map((r) => r.port);
  },
};

/** ALREADY_EXISTS INSTANCE_NAME_TAKEN, or INSTANCE_ID_TAKEN where a service chose the id. */
const taken = (name: string): TakenErrors => ({
  instance_name: (cause) => errors.INSTANCE_NAME_TAKEN({ name }, cause),
  instance_pkey: (cause) => errors.INSTANCE_ID_TAKEN({}, cause),
});
