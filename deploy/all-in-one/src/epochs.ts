import { CertificateFiles, openEtcd, settleEpochBase } from '@thecloud/service-kit';
import type { Admin } from './database';
import { withAdmin } from './database';
import type { Layout } from './layout';
import type { Ports } from './ports';
import { serviceManifests } from './services';

/** After etcd's data was lost, or the database came back from a backup: makes new leaders' epochs newer than all before. */
export async function settleEpochs(layout: Layout, ports: Ports, admin: Admin): Promise<void> {
  const newest = await withAdmin(admin, async (client) => {
    const each = serviceManifests.map(({ name }) => `select epoch from ${name}.leader`);
    const found = await client.query<{ epoch: string }>(
      `select coalesce(max(epoch), 0)::text as epoch from (${each.join(' union all ')}) leaders`,
    );
    return BigInt(found.rows[0]?.epoch ?? 0);
  });
  const etcd = openEtcd(`https://127.0.0.1:${ports.etcd}`, new CertificateFiles(layout.tls('etcd')));
  try {
    await settleEpochBase(etcd, newest);
  } finally {
    etcd.close();
  }
}
