import { and, eq, inArray, sql } from 'drizzle-orm';
import { oneOf, statement } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import type { KnownHost } from '../host/host';
import { host } from '../host/host.schema';
import type { ChangedInstance } from '../instance/instance.ports';
import type { InstanceRow } from '../instance/instance.repo';
import { hostPort, instance } from '../instance/instance.schema';
import { sizeOf } from '../instance-type/instance-type';
import type { InstanceSize } from '../instance-type/instance-type';
import { portsLeft } from './port-range';

export interface Placed {
  readonly id: string;
  readonly hostId: string;
  readonly cpuMillicores: number;
  readonly memoryMib: number;
}

/** An instance as it is when it has just been given its host. */
export type PlacedInstance = ChangedInstance & { readonly hostId: string };

/** SQL of placement. */
export const placementRepo = {
  /** All hosts with their free capacity, how many ports each has left, and which of those asked for it has taken. */
  async fleet(tx: Tx, ports: readonly number[]): Promise<KnownHost[]> {
    const [hosts, left, taken] = await Promise.all([
      tx.select().from(host),
      portsLeft(tx),
      ports.length
        ? tx
            .select()
            .from(hostPort)
            .where(inArray(hostPort.port, [...ports]))
        : Promise.resolve([]),
    ]);
    return hosts.map((h) => ({
      id: h.id,
      agentEndpoint: h.agentEndpoint,
      name: h.name,
      schedulable: h.state === 'ready' && !h.cordoned && h.reason === '',
      obstacle: h.cordoned ? 'cordoned' : 'not ready',
      cpuMillicores: h.cpuMillicores,
      memoryMib: h.memoryMib,
      freeCpuMillicores: h.cpuMillicores - h.allocatedCpuMillicores,
      freeMemoryMib: h.memoryMib - h.allocatedMemoryMib,
      portsLeft: left(h.id),
      taken: taken.filter((p) => p.hostId === h.id).map((p) => `${p.protocol}/${p.port}`),
    }));
  },

  /**
   * Commits a whole batch in one statement, which checks state and capacity of each host again, against the size that
   * each instance has by then: so two schedulers never overcommit a host. Rows are locked in the order of their ids, so
   * that two never wait for each other. Answers with those that were placed, which are starting from then on; for the
   * others a host must be chosen again.
   */
  async commit(tx: Tx, batch: readonly Placed[]): Promise<PlacedInstance[]> {
    const column = <K extends keyof Placed>(name: K) => batch.map((p) => p[name]);
    return commit(tx, {
      ids: column('id'),
      hostIds: column('hostId'),
      cpuMillicores: column('cpuMillicores'),
      memoryMib: column('memoryMib'),
    });
  },

  /**
   * What an instance on a host has of it becomes another size. False: the host has not that much left, and nothing
   * changed. In the transaction that gives the instance that size.
   */
  async resize(tx: Tx, hostId: string, from: InstanceSize, to: InstanceSize): Promise<boolean> {
    const [cpu, memory] = [to.cpuMillicores - from.cpuMillicores, to.memoryMib - from.memoryMib];
    const { allocatedCpuMillicores, allocatedMemoryMib } = host;
    const resized = await tx
      .update(host)
      .set({
        allocatedCpuMillicores: sql`${allocatedCpuMillicores} + ${cpu}`,
        allocatedMemoryMib: sql`${allocatedMemoryMib} + ${memory}`,
      })
      .where(
        and(
          eq(host.id, hostId),
          cpu > 0 ? sql`${allocatedCpuMillicores} + ${cpu} <= ${host.cpuMillicores}` : undefined,
          memory > 0 ? sql`${allocatedMemoryMib} + ${memory} <= ${host.memoryMib}` : undefined,
        ),
      )
      .returning({ id: host.id });
    return resized.length > 0;
  },

  /** Gives back what an instance had of its host. In the transaction that takes its host_id away. */
  async release(
    tx: Tx,
    placed: Pick<InstanceRow, 'hostId' | 'type' | 'id' | 'cpuMillicores' | 'memoryMib'>,
  ): Promise<void> {
    if (!placed.hostId) return;
    const size = sizeOf(placed);
    await tx.delete(hostPort).where(eq(hostPort.instanceId, placed.id));
    await tx
      .update(host)
      .set({
        allocatedCpuMillicores: sql`${host.allocatedCpuMillicores} - ${size.cpuMillicores}`,
        allocatedMemoryMib: sql`${host.allocatedMemoryMib} - ${size.memoryMib}`,
        instanceCount: sql`${host.instanceCount} - 1`,
      })
      .where(eq(host.id, placed.hostId));
  },
};

const commit = statement<PlacedInstance>(
  'placement_commit',
  () => sql`
    with asked as (
      select distinct on (id) * from unnest(${sql.placeholder('ids')}::text[], ${sql.placeholder('hostIds')}::text[],
        ${sql.placeholder('cpuMillicores')}::int[], ${sql.placeholder('memoryMib')}::int[]) as a(id, host_id, cpu, memory)),
    unplaced as (
      select asked.id, asked.host_id, coalesce(nullif(i.cpu_millicores, 0), asked.cpu) as cpu,
             coalesce(nullif(i.memory_mib, 0), asked.memory) as memory
        from asked join ${instance} i on i.id = asked.id and ${oneOf('i.id', 'ids')}
       where i.host_id is null and i.desired = 'running' order by i.id for update of i),
    wanted as (
      select host_id, sum(cpu)::int as cpu, sum(memory)::int as memory, count(*)::int as instances
        from unplaced group by host_id),
    locked as (
      select id from ${host} where ${oneOf('id', 'hostIds')} and id in (select host_id from wanted) order by id for update),
    taken as (
      update ${host} h set allocated_cpu_millicores = allocated_cpu_millicores + w.cpu,
             allocated_memory_mib = allocated_memory_mib + w.memory, instance_count = instance_count + w.instances
        from wanted w join locked l on l.id = w.host_id
       where h.id = w.host_id and ${oneOf('h.id', 'hostIds')} and h.state = 'ready' and not h.cordoned and h.reason = ''
         and h.allocated_cpu_millicores + w.cpu <= h.cpu_millicores and h.allocated_memory_mib + w.memory <= h.memory_mib
      returning h.id)
    update ${instance} i set host_id = u.host_id, state = 'starting', reason = '', message = '', version = i.version + 1,
           updated_at = now()
      from unplaced u where i.id = u.id and ${oneOf('i.id', 'ids')} and u.host_id in (select id from taken)
    returning i.id, i.project_id as "projectId", i.name, i.state, i.reason, i.message, i.generation, i.version,
              i.host_id as "hostId", i.operation_id as "operationId",
              i.owner_service as "ownerService", i.owner_id as "ownerId"`,
);
