import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { newId } from '@thecloud/kernel';

export const IMAGE = 'starter';

/** What callers are told of an instance is one row and its ports: the statement that both sides work with. */
export const SELECT_INSTANCE = `
  select i.*, coalesce((
    select jsonb_agg(jsonb_build_object('containerPort', p.container_port, 'hostPort', p.port, 'protocol', p.protocol, 'address', h.address) order by p.port)
      from compute.host_port p join compute.host h on h.id = p.host_id where p.instance_id = i.id), '[]'::jsonb) as bound
    from compute.instance i`;

/** Puts instances that "run" into a project, as rows only: nothing looks after them. Answers with their ids. */
export async function seedInstances(
  postgres: ClientConfig,
  projectId: string,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('instance'));
  const client = new Client(postgres);
  await client.connect();
  try {
    await client.query(
      `insert into compute.instance (id, project_id, name, labels, type, image_id, image_reference, command, env, ports,
         restart_policy, on_host_loss, desired, operation_id, state, observed_generation, seen)
       select id, $2, 'seeded-' || id, '{"app": "shop", "tier": "web"}', 'nano-1', 'img_seeded',
              'registry/images/img_seeded@sha256:' || repeat('0', 64), '["/bin/httpd", "-f"]',
              '{"MODE": "production", "REGION": "here"}', '[]', 'always', 'restart', 'running', 'op_seeded', 'running', 1,
              '{"phase": "running", "generation": 1, "startedAt": "2026-11-01T00:00:00.000Z", "restartCount": 0, "exitCode": 0}'
         from unnest($1::text[]) as id`,
      [ids, projectId],
    );
    await client.query('vacuum analyze compute.instance');
  } finally {
    await client.end();
  }
  return ids;
}
