import { sql } from 'drizzle-orm';
import { computeConfig, tables } from '@thecloud/compute';
import { layFoundation, loadConfig, OutboxRelay } from '@thecloud/service-kit';
import { answer } from '../processes';
import { changeSteadily } from './changes';
import type { ChangeJob } from './changes';

/** Changes instances as a replica of compute does: row, event and relay are its own, and so are role and certificate. */
let replica: ReturnType<typeof start> | undefined;

async function start() {
  const f = await layFoundation({ service: 'compute', config: loadConfig(computeConfig), tables });
  new OutboxRelay(f.db, f.tables, f.bus, f.log);
  return f;
}

async function run(job: ChangeJob): Promise<number[]> {
  const f = await (replica ??= start());
  return changeSteadily(job, (n, id) =>
    f.db.write({ projectId: job.projectId }, async (tx) => {
      await tx.execute(
        sql`update compute.instance set version = version + 1, updated_at = now() where id = ${id}`,
      );
      const data = { name: `seeded-${id}`, state: 'running', reason: '', n };
      f.changes.record(tx, { type: 'thecloud.instance.changed', id, projectId: job.projectId, data });
    }),
  );
}

answer<ChangeJob>(run);
