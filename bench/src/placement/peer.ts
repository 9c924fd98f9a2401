import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { answer } from '../processes';
import { WANTS } from './fleet';
import { timed } from './timing';

/**
 * The bare peer: what one writes first. Hosts in turn, and for each instance one transaction that takes the room (if it is
 * there) and says where the instance is: the same two rows as ours, by prepared statements, over eight connections through
 * PostgreSQL's socket. No batches, no best fit, no term, no TLS, no row-level security.
 */
const CONNECTIONS = 8;

interface Question {
  readonly postgres: PoolConfig;
  readonly hosts: string[];
  readonly instances: string[];
}

answer<Question>(async ({ postgres, hosts, instances }) => {
  const pool = new Pool({ ...postgres, max: CONNECTIONS });
  let turn = 0;
  try {
    return await timed(instances, CONNECTIONS, async (instance) => {
      while (!(await place(pool, instance, hosts[turn++ % hosts.length] ?? '')));
    });
  } finally {
    await pool.end();
  }
});

/** False when the host is full. */
async function place(pool: Pool, instance: string, host: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query({
      name: 'take',
      text: `update compute.host set allocated_cpu_millicores = allocated_cpu_millicores + $2,
                    allocated_memory_mib = allocated_memory_mib + $3,
                    instance_count = instance_count + 1
              where id = $1 and state = 'ready' and not cordoned
                and allocated_cpu_millicores + $2 <= cpu_millicores and allocated_memory_mib + $3 <= memory_mib`,
      values: [host, WANTS.cpuMillicores, WANTS.memoryMib],
    });
    if (rowCount === 1)
      await client.query({
        name: 'say',
        text: 'update compute.instance set host_id = $2, version = version + 1, updated_at = now() where id = $1 and host_id is null',
        values: [instance, host],
      });
    await client.query('COMMIT');
    return rowCount === 1;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
