import type { Admin } from './database';
import { withAdmin } from './database';
import type { Installation } from './installation';

/**
 * Makes a restored database that of an installation of its own: what the original's machine carried is this machine's, a
 * host with an id of its own. No agent is called at the address it had: that may be the original's, which obeys the same
 * authority. Each host's agent says hello first.
 */
export async function takeOver(admin: Admin, original: Installation, restored: Installation): Promise<void> {
  const registry = ({ ports }: Installation) => `127.0.0.1:${ports.registry}/`;
  await withAdmin(admin, async (client) => {
    const rename = async (table: string, column: string) =>
      client.query(`update compute.${table} set ${column} = $2 where ${column} = $1`, [
        original.hostId,
        restored.hostId,
      ]);
    await client.query('begin');
    await rename('host', 'id');
    for (const table of ['instance', 'host_port', 'taken_port']) await rename(table, 'host_id');
    await client.query("delete from compute.work where controller = 'host'");
    await client.query(`insert into compute.work (controller, key) select 'host', id from compute.host`);
    await client.query(
      `update compute.host set agent_endpoint = '', version = version + 1, fence_after_ms = 0, suspect_since = null,
              state = case when state = 'joining' then state else 'suspect' end,
              reason = 'RESTORED', message = 'The database was restored; its agent has not been heard since.'`,
    );
    await client.query(
      `update compute.instance set seen = null, version = version + 1,
              image_reference = case when starts_with(image_reference, $1)
                then $2 || substr(image_reference, length($1) + 1) else image_reference end`,
      [registry(original), registry(restored)],
    );
    await client.query('commit');
  });
}
