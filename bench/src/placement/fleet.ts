import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { newId } from '@thecloud/kernel';
import { BEFORE_THE_CLOCK } from './timing';

const HOSTS = 1_000;
/** Of 8 to 16 vCPUs: 12,000 in all, so the last thousand finds a fleet that is filling up. */
const SIZES = [8, 12, 16];
const MIB_PER_VCPU = 512;
export const INSTANCES = 10_000;
export const WANTS = { cpuMillicores: 1_000, memoryMib: MIB_PER_VCPU };

/** An empty fleet, and as many instances to place as it is measured with. Answers with the ids of both. */
export async function empty(postgres: ClientConfig): Promise<{ hosts: string[]; instances: string[] }> {
  const hosts = Array.from({ length: HOSTS }, () => newId('host'));
  const instances = Array.from({ length: BEFORE_THE_CLOCK + INSTANCES }, () => newId('instance'));
  await within(postgres, async (client) => {
    await client.query('truncate compute.host, compute.instance, compute.host_port');
    await client.query(
      `insert into compute.host (id, name, state, agent_endpoint, cpu_millicores, memory_mib)
       select id, id, 'ready', '127.0.0.1:1', size * 1000, size * ${MIB_PER_VCPU}
         from unnest($1::text[], $2::int[]) as h(id, size)`,
      [hosts, hosts.map((_, n) => SIZES[n % SIZES.length])],
    );
    await client.query(
      `insert into compute.instance (id, project_id, name, labels, type, image_id, image_reference, command, env, ports,
         restart_policy, on_host_loss, desired, operation_id, state)
       select id, 'prj_bench', id, '{}', 'basic-1', 'img', 'none', '[]', '{}', '[]', 'always', 'restart', 'running', 'op', 'provisioning'
         from unnest($1::text[]) as id`,
      [instances],
    );
    await client.query('vacuum analyze compute.host, compute.instance');
  });
  return { hosts, instances };
}

/** Throws unless everything is placed, no host holds more than it has, and each counts what it holds. */
export async function verify(postgres: ClientConfig): Promise<void> {
  await within(postgres, async (client) => {
    const { rows } = await client.query<{ unplaced: number; overcommitted: number; miscounted: number }>(`
      with held as (
        select h.*, (select count(*) from compute.instance i where i.host_id = h.id)::int as held from compute.host h)
      select (select count(*) from compute.instance where host_id is null)::int as unplaced,
             count(*) filter (where held * $1 > cpu_millicores or held * $2 > memory_mib)::int as overcommitted,
             count(*) filter (where (held * $1, held * $2, held) is distinct from
                                    (allocated_cpu_millicores, allocated_memory_mib, instance_count))::int as miscounted
        from held`, [WANTS.cpuMillicores, WANTS.memoryMib]); // prettier-ignore
    const wrong = Object.entries(rows[0] ?? {}).filter(([, n]) => n !== 0);
    if (wrong.length > 0) throw new Error(`placement went wrong: ${JSON.stringify(rows[0])}`);
  });
}

async function within<T>(postgres: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(postgres);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
